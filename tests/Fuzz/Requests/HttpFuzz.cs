using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Conformance;
using DToC.Grains;
using DToC.Http.Tests;

namespace DToC.Fuzz.Requests;

/// <summary>
/// Changed requests to a real server, on several connections at once, and what must hold: no status of 500 and above,
/// every refusal says what to do, every event sent is accounted for, what was accepted is in the journals once, and
/// bystanders' twins are as they were.
/// </summary>
internal sealed class HttpFuzz
{
    private const int Connections = 4;
    private const int MaxFindings = 20;
    private const int ChanceOfQuarantine = 3; // of 100

    private static readonly Vocabulary Retail = new("retail");

    private readonly ConcurrentQueue<string> _findings = new();
    private readonly RequestJudge _judge = new();
    private readonly ApiServer _server;
    private long _requests;
    private double _seconds;

    private HttpFuzz(ApiServer server) => _server = server;

    /// <summary>What did not hold, with the seed of its request where it is one request's.</summary>
    public IReadOnlyCollection<string> Findings => _findings;

    public RequestJudge Judge => _judge;

    public static async Task<HttpFuzz> RunAsync(ulong first, long count, TextWriter output)
    {
        await using var server = await ApiServer.StartAsync();
        var run = new HttpFuzz(server);
        var bystanders = await Bystanders.MakeAsync(server, Retail);
        var begun = Stopwatch.GetTimestamp();
        var next = -1L;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var wire = new Wire(server.Client.BaseAddress!); // set when it was started
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                if (run._findings.Count >= MaxFindings) return;
                await run.CaseAsync(wire, first + (ulong)i);
                if (i > 0 && i % 10_000 == 0) await output.WriteLineAsync($"{i} of {count} cases");
            }
        })));
        run._seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        foreach (var changed in await bystanders.ChangedAsync(server)) run._findings.Enqueue(changed);
        await run.CheckJournalsAsync();
        var ready = await server.GetAsync("/health/ready");
        if (!ready.Response.IsSuccessStatusCode) run._findings.Enqueue($"Afterwards it is not ready: {ready.Body}");
        return run;
    }

    public string Summary() => string.Create(CultureInfo.InvariantCulture,
        $"http: {_requests} requests in {_seconds:0.0} s, {_findings.Count} findings. {_judge.Summary()}");

    private async Task CaseAsync(Wire wire, ulong seed)
    {
        var draws = new SeededDraws(seed);
        var requests = new RequestDraws(draws, seed, Retail);
        if (!draws.Percent(ChanceOfQuarantine))
        {
            await SendAsync(wire, seed, draws, requests.Next());
            return;
        }
        var (wrong, source, repaired) = requests.Quarantined();
        await SendAsync(wire, seed, draws, wrong);
        var list = await SendAsync(
            wire, seed, draws, new FuzzRequest { Method = "GET", Target = $"/v1/quarantine?source={source}" });
        var id = list is { Status: 200 }
            ? JsonNode.Parse(list.Body)?["events"]?.AsArray().FirstOrDefault()?["id"]?.GetValue<string>() : null;
        if (id is null)
        {
            _findings.Enqueue($"seed {seed}: what was quarantined is not listed: {list?.Text}");
            return;
        }
        await SendAsync(wire, seed, draws, requests.Replay(id, repaired));
        await SendAsync(
            wire, seed, draws, new FuzzRequest { Method = "DELETE", Target = $"/v1/quarantine/{id}" });
    }

    private async Task<WireAnswer?> SendAsync(Wire wire, ulong seed, SeededDraws draws, FuzzRequest request)
    {
        Interlocked.Increment(ref _requests);
        var bytes = request.ToBytes(draws, ApiServer.AdminKey);
        var answer = await wire.SendAsync(bytes);
        try
        {
            if (_judge.Fault(request, answer) is not { } fault) return answer;
            Report(fault);
        }
        catch (Exception exception)
        {
            Report($"the answer cannot be read: {exception.GetType().Name}: {exception.Message}");
        }
        return answer;

        void Report(string fault) => _findings.Enqueue($"""
            seed {seed}: {fault}
              again with: http --seed {seed} --count 1
              request: {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 600)))}
              {Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 600))).ReplaceLineEndings("\\n")}
              answer: {answer?.Status} {answer?.Text}
            """);
    }

    /// <summary>All that was accepted stands in the journals, and nothing else.</summary>
    private async Task CheckJournalsAsync()
    {
        var (events, after) = (0L, "");
        while (true)
        {
            var keys = await _server.Host.ListAsync(GrainKind.Customer, after, 500, default);
            foreach (var key in keys)
            {
                var journal = await _server.Host.ReadJournalAsync(key, default);
                events += journal.Count(entry => entry.Kind == JournalKind.Event);
            }
            if (keys.Count == 0) break;
            after = keys[^1].Id;
        }
        var accepted = _judge.Accepted + Bystanders.Events;
        if (events != accepted) _findings.Enqueue($"{accepted} events were accepted; the journals have {events}.");
    }
}
