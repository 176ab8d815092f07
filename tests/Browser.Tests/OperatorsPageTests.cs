using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace DToC.Browser.Tests;

/// <summary>
/// The operators' page as an operator meets it. A picture of it is left beside the tests; with DTOC_PICTURES naming
/// a number of seconds it runs under load for so long first, and the pictures of the documents are renewed.
/// </summary>
public sealed class OperatorsPageTests(ITestOutputHelper output)
{
    private const string Accepted = "#events-accepted";
    private const int PatienceMs = 60_000;
    private static readonly ViewportSize Desk = new() { Width = 1440, Height = 1080 };
    private static readonly ViewportSize Phone = new() { Width = 390, Height = 844 };

    [Fact]
    public async Task Operator_signs_in_and_sees_numbers_move_as_events_are_posted()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, output.WriteLine);
        if (browser is null) return;
        await using var server = await ApiProcess.StartAsync();
        var page = await OpenAsync(browser, server);
        var faults = Listen(page);
        await SignInAsync(page, ApiProcess.Key);
        await page.WaitForSelectorAsync("html[data-live=on]");
        Assert.Equal("0", await page.InnerTextAsync(Accepted));
        Assert.Contains("No turns yet", await page.InnerTextAsync(".charts"), StringComparison.Ordinal);

        await using var load = Load.Start(server);
        var accepted = Assertions.Expect(page.Locator(Accepted));
        await accepted.Not.ToHaveTextAsync("0", new() { Timeout = PatienceMs });
        var first = await page.InnerTextAsync(Accepted);
        await accepted.Not.ToHaveTextAsync(first, new() { Timeout = PatienceMs });
        Assert.True(await page.InnerTextAsync("#events-per-second") != "0");
        await page.WaitForSelectorAsync("[data-panel=hottest] tbody tr");
        await page.WaitForSelectorAsync("[data-panel=slowest] tbody tr");
        await page.WaitForSelectorAsync("[data-panel=not-folded] tbody tr");
        Assert.Contains("ms", await page.InnerTextAsync("#ack-p99"), StringComparison.Ordinal);
        // A process with this in it needs 30 MB at least.
        Assert.Matches("^([3-9]\\d\\.\\d|\\d{3})\\u202fMB$", await page.InnerTextAsync("#memory"));

        await PictureAsync(page, faults);
        await load.DisposeAsync();
        // What the page says in the end is what the server counted.
        var counted = load.Accepted.ToString("#,0", CultureInfo.InvariantCulture);
        await accepted.ToHaveTextAsync(counted, new() { Timeout = PatienceMs });
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Without_a_session_there_is_only_the_form()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, output.WriteLine);
        if (browser is null) return;
        await using var server = await ApiProcess.StartAsync();
        var page = await OpenAsync(browser, server);
        Assert.EndsWith("/sign-in", page.Url, StringComparison.Ordinal);
        await SignInAsync(page, "dtoc_nobody_nothing");
        Assert.Contains("not known", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        await SignInAsync(page, ApiProcess.Key);
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
        Assert.Empty(await page.EvaluateAsync<string>("document.cookie"));

        await page.ClickAsync("button:text('Dark')");
        await page.ReloadAsync();
        Assert.Equal("dark", await page.GetAttributeAsync("html", "data-theme"));
        await page.ClickAsync("a:text('15 min')");
        Assert.Contains("−15 min", await page.InnerTextAsync(".charts"), StringComparison.Ordinal);

        await page.ClickAsync("button:text('Sign out')");
        await page.WaitForURLAsync("**/sign-in");
        await page.GotoAsync("/");
        Assert.EndsWith("/sign-in", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_of_a_revoked_key_ends()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, output.WriteLine);
        if (browser is null) return;
        await using var server = await ApiProcess.StartAsync();
        using var wanted = new StringContent(
            """{"name":"browser","scopes":["operate"]}""", new MediaTypeHeaderValue("application/json"));
        using var issued = await server.Client.PostAsync(new Uri("/v1/keys", UriKind.Relative), wanted);
        using var json = System.Text.Json.JsonDocument.Parse(await issued.Content.ReadAsStringAsync());
        var page = await OpenAsync(browser, server);
        await SignInAsync(page, json.RootElement.GetProperty("key").GetString()!);
        await page.WaitForSelectorAsync("html[data-live=on]");

        using var revoked = await server.Client.DeleteAsync(
            new Uri($"/v1/keys/{json.RootElement.GetProperty("id").GetString()}", UriKind.Relative));
        Assert.True(revoked.IsSuccessStatusCode);
        await page.WaitForURLAsync("**/sign-in");
    }

    private static async Task<IPage> OpenAsync(IBrowser browser, ApiProcess server)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.Address.ToString(),
            ViewportSize = Desk,
            ColorScheme = ColorScheme.Light,
        });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        return page;
    }

    private static async Task SignInAsync(IPage page, string key)
    {
        await page.FillAsync("#key", key);
        await page.ClickAsync("button:text('Sign in')");
    }

    /// <summary>What the browser complains of: broken scripts, and what the page's own policy forbids it.</summary>
    private static List<string> Listen(IPage page)
    {
        var faults = new List<string>();
        page.PageError += (_, error) => faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") faults.Add(message.Text);
        };
        return faults;
    }

    private async Task PictureAsync(IPage page, List<string> faults)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "pictures");
        if (int.TryParse(Environment.GetEnvironmentVariable("DTOC_PICTURES"), out var seconds))
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            folder = Path.Combine(Root(), "docs", "images");
        }
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "operators.png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = true });
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(folder, "operators-dark.png"), FullPage = true,
        });
        await page.SetViewportSizeAsync(Phone.Width, Phone.Height);
        var width = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(AppContext.BaseDirectory, "operators-narrow.png"), FullPage = true,
        });
        await page.SetViewportSizeAsync(Desk.Width, Desk.Height);
        output.WriteLine($"Pictures are in {folder}");
        Assert.True(new FileInfo(path).Length > 20_000, "The picture is all but empty.");
        Assert.True(width <= Phone.Width, $"On a phone the page is {width} pixels wide.");
        Assert.Empty(faults);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DToC.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No folder above holds DToC.sln.");
        }
        return folder.FullName;
    }
}
