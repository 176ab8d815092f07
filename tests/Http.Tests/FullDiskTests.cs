using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Embedded.Tests;
using Xunit.Abstractions;

namespace DToC.Http.Tests;

/// <summary>The real process on a disk that is really full.</summary>
public sealed class FullDiskTests(ITestOutputHelper output) : IDisposable
{
    private const string Customer = "c-disk";
    private const int Patience = 60;

    private static readonly string Filling = new('x', 4_000);

    private readonly HttpClient _http = new();
    private readonly int _port = FreePort();
    private readonly List<string> _acknowledged = [];
    private Process? _server;

    public void Dispose()
    {
        _http.Dispose();
        Kill();
    }

    [Fact]
    public async Task A_full_disk_answers_503_says_so_and_keeps_all_that_was_acknowledged()
    {
        using var disk = SmallDisk.Mount(3_072, output);
        if (disk is null) return;
        await StartAsync(disk.Folder);
        var refusal = await PostUntilRefusedAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.StatusCode);
        Assert.NotNull(refusal.Headers.RetryAfter);
        Assert.Contains("disk full", await refusal.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var ready = await _http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("disk full", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var metrics = await _http.GetStringAsync("/metrics");
        Assert.Contains("\ndtoc_ready 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\ndtoc_disk_problem 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\ndtoc_disk_free_bytes ", metrics, StringComparison.Ordinal);
        Assert.Equal(_acknowledged.Count, await EventCountAsync());

        disk.Resize(32_768);
        Assert.Equal("accepted", await PostAsync("after"));
        using var recovered = await _http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, recovered.StatusCode);
        await UntilAsync(async () =>
            (await _http.GetStringAsync("/metrics")).Contains("\ndtoc_disk_problem 0\n", StringComparison.Ordinal));
        await AssertAllAreKeptAsync();
    }

    [Fact]
    public async Task A_process_killed_on_a_full_disk_has_all_that_it_acknowledged()
    {
        using var disk = SmallDisk.Mount(3_072, output);
        if (disk is null) return;
        await StartAsync(disk.Folder);
        await PostUntilRefusedAsync();
        Kill();
        disk.Resize(32_768);
        await StartAsync(disk.Folder);
        Assert.Equal(_acknowledged.Count, await EventCountAsync());
        await AssertAllAreKeptAsync();
        Assert.Equal("accepted", await PostAsync("after"));
    }

    private async Task AssertAllAreKeptAsync()
    {
        var count = await EventCountAsync();
        foreach (var id in _acknowledged) Assert.Equal("duplicate", await PostAsync(id));
        Assert.Equal(count, await EventCountAsync());
    }

    private async Task<HttpResponseMessage> PostUntilRefusedAsync()
    {
        for (var i = 0; i < 5_000; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"e{i}");
            var answer = await SendAsync(id);
            if (answer.StatusCode != HttpStatusCode.Accepted) return answer;
            _acknowledged.Add(id);
        }
        throw new InvalidOperationException("The disk did not become full.");
    }

    private async Task<string> PostAsync(string id)
    {
        using var answer = await SendAsync(id);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        var status = json?["accepted"]?.GetValue<int>() == 1 ? "accepted"
            : json?["duplicate"]?.GetValue<int>() == 1 ? "duplicate" : $"{answer.StatusCode}: {json}";
        if (status == "accepted") _acknowledged.Add(id);
        return status;
    }

    private Task<HttpResponseMessage> SendAsync(string id)
    {
        var body = $$"""
            {"id":"{{id}}","type":"Order Completed","source":"shop","customer":"{{Customer}}",
            "time":"2026-03-01T10:00:00Z",
            "properties":{"total":12.5,"currency":"EUR","note":"{{Filling}}"} }
            """;
        return _http.PostAsync("/v1/events", new StringContent(body, Encoding.UTF8, "application/json"));
    }

    private async Task<long> EventCountAsync()
    {
        using var answer = await _http.GetAsync($"/v1/twins/{Customer}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["description"]!["events"]!.GetValue<long>();
    }

    private async Task StartAsync(string folder)
    {
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", "dotnet"));
        _server = Process.Start(new ProcessStartInfo(dotnet,
        [
            Path.Combine(AppContext.BaseDirectory, "DToC.Api.dll"),
            "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"), "--data", folder,
        ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DTOC_ADMIN_KEY"] = ApiServer.AdminKey },
        })!;
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        if (_http.BaseAddress is null)
        {
            _http.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiServer.AdminKey);
        }
        await UntilAsync(async () =>
        {
            using var answer = await _http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        });
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < Patience)
        {
            try
            {
                if (await holds()) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet; another process is waited for, so real time has to pass.
            }
            await Task.Delay(20);
        }
        throw new InvalidOperationException("It did not come about within a minute.");
    }

    private void Kill()
    {
        _server?.Kill(); // SIGKILL
        _server?.WaitForExit();
        _server?.Dispose();
        _server = null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
