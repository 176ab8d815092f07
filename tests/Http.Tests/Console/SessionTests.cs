using System.Net;
using System.Text.RegularExpressions;
using DToC.Http.Console.Sessions;
using DToC.Http.Routing;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DToC.Http.Tests.Console;

public sealed partial class SessionTests
{
    [Fact]
    public async Task Page_without_a_session_leads_to_the_form_and_shows_nothing()
    {
        await using var server = await ApiServer.StartAsync();
        using var browser = new Browser(server);
        foreach (var page in Routes.All.Where(route => route is { IsPage: true, Scope: not null }))
        {
            using var answer = await browser.GetAsync(page.Pattern);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal("/sign-in", answer.Headers.Location?.OriginalString);
            Assert.Empty(await answer.Content.ReadAsStringAsync());
            // A key in a header is for programs; it does not open a page.
            (await server.GetAsync(page.Pattern)).IsProblem(HttpStatusCode.Unauthorized, "key-missing");
        }
    }

    [Fact]
    public async Task Key_with_the_scope_becomes_a_session_that_ends_by_signing_out()
    {
        await using var server = await ApiServer.StartAsync();
        using var browser = new Browser(server);
        using var signedIn = await browser.SignInAsync(await server.IssueAsync("operate"));
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));
        var cookie = signedIn.Headers.GetValues("Set-Cookie")
            .Single(value => value.StartsWith("dtoc-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase); // not over http, or it were lost

        using var page = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("Hottest customers", html, StringComparison.Ordinal);

        using var forged = await browser.PostAsync("/sign-out", []);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var signedOut = await browser.PostAsync("/sign-out", Browser.TokenIn(html));
        Assert.Equal(HttpStatusCode.SeeOther, signedOut.StatusCode);
        browser.Restore(cookie);
        using var after = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode); // the token is worth nothing any more
    }

    [Fact]
    public async Task Keys_of_forms_stay_in_memory_and_nothing_is_said_of_them()
    {
        await using var server = await ApiServer.StartAsync();
        using var browser = new Browser(server);
        using var signedIn = await browser.SignInAsync(await server.IssueAsync("operate"));
        var keys = server.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value;
        Assert.Single(Assert.IsType<MemoryKeys>(keys.XmlRepository).GetAllElements());
        Assert.DoesNotContain("XML encryptor", server.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Key {", server.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_without_the_scope_or_unknown_opens_nothing()
    {
        await using var server = await ApiServer.StartAsync();
        using var browser = new Browser(server);
        using var unknown = await browser.SignInAsync("dtoc_nobody_nothing");
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        using var narrow = await browser.SignInAsync(await server.IssueAsync("ingest", "read"));
        Assert.Equal(HttpStatusCode.Forbidden, narrow.StatusCode);
        Assert.Contains("operate", await narrow.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var forged = await browser.PostAsync(
            "/sign-in", new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = ApiServer.AdminKey });
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var page = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task Session_ends_with_its_key_and_with_its_time()
    {
        await using var server = await ApiServer.StartAsync();
        using var browser = new Browser(server);
        var key = await server.IssueAsync("operate");
        (await browser.SignInAsync(key)).Dispose();
        await server.SendAsync(HttpMethod.Delete, $"/v1/keys/{key.Split('_')[1]}");
        Assert.Equal(HttpStatusCode.Redirect, await browser.StatusAsync("/"));

        (await browser.SignInAsync(ApiServer.AdminKey)).Dispose();
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("/"));
        server.Time.Advance(TimeSpan.FromHours(13));
        Assert.Equal(HttpStatusCode.Redirect, await browser.StatusAsync("/"));
    }

    [Fact]
    public async Task One_session_too_many_ends_the_oldest()
    {
        await using var server = await ApiServer.StartAsync(new HttpOptions { MaxSessions = 1 });
        using var first = new Browser(server);
        using var second = new Browser(server);
        (await first.SignInAsync(ApiServer.AdminKey)).Dispose();
        Assert.Equal(HttpStatusCode.OK, await first.StatusAsync("/"));
        (await second.SignInAsync(ApiServer.AdminKey)).Dispose();
        Assert.Equal(HttpStatusCode.OK, await second.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.Redirect, await first.StatusAsync("/"));
    }

    [Fact]
    public async Task Assets_are_found_by_the_addresses_pages_name()
    {
        await using var server = await ApiServer.StartAsync();
        using var browser = new Browser(server);
        using var form = await browser.GetAsync("/sign-in");
        var addresses = Address().Matches(await form.Content.ReadAsStringAsync())
            .Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(3, addresses.Count);
        foreach (var address in addresses)
        {
            using var asset = await browser.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.True(asset.Headers.CacheControl?.MaxAge > TimeSpan.FromDays(100));
            Assert.NotEmpty(await asset.Content.ReadAsByteArrayAsync());
        }
        (await server.GetAsync("/console/assets/other.css", key: "")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Viewer_too_many_is_told_to_come_later()
    {
        await using var server = await ApiServer.StartAsync(new HttpOptions { MaxViewers = 0 });
        using var browser = new Browser(server);
        (await browser.SignInAsync(ApiServer.AdminKey)).Dispose();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await browser.StatusAsync("/console/live"));
    }

    [GeneratedRegex("/console/assets/[a-z.]+\\?v=[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Address();
}
