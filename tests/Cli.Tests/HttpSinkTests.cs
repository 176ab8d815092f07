using System.Net.Http.Headers;
using System.Text;
using DToC.Cli.Sending;

namespace DToC.Cli.Tests;

public class HttpSinkTests
{
    private static EventBatch Batch(int from, int count)
    {
        var batch = new EventBatch();
        for (var i = from; i < from + count; i++)
            batch.Add(Encoding.UTF8.GetBytes($$"""{"id":"e{{i}}","type":"Seen","customer":"c-1"}"""));
        return batch;
    }

    private static HttpSink Sink(string url, TimeProvider time, string key = EventServer.Key)
    {
        var http = new HttpClient { BaseAddress = new Uri(url + "/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new(http, TimeSpan.FromSeconds(30), time);
    }

    [Fact]
    public async Task Outcomes_come_in_the_order_of_the_events_with_reasons()
    {
        using var server = new EventServer();
        server.Judge = next => next.GetProperty("id").GetString() switch
        {
            "e1" => ("quarantined", "too old"),
            "e2" => ("refused", "unknown type"),
            _ => null,
        };
        var sink = Sink(server.Url, new InstantClock());
        await sink.Send(Batch(3, 1), CancellationToken.None);
        EventOutcome[] expected =
        [
            new(EventVerdict.Accepted),
            new(EventVerdict.Quarantined, "too old"),
            new(EventVerdict.Refused, "unknown type"),
            new(EventVerdict.Duplicate),
        ];
        Assert.Equal(expected, await sink.Send(Batch(0, 4), CancellationToken.None));
    }

    [Fact]
    public async Task A_busy_server_is_waited_for_as_long_as_it_asks()
    {
        using var server = new EventServer();
        foreach (var (status, seconds) in new[] { (429, "7"), (503, "120") })
        {
            server.Script.Enqueue(response =>
            {
                response.StatusCode = status;
                response.Headers["Retry-After"] = seconds;
            });
        }
        var clock = new InstantClock();
        var outcomes = await Sink(server.Url, clock).Send(Batch(0, 5), CancellationToken.None);
        Assert.All(outcomes, outcome => Assert.Equal(EventVerdict.Accepted, outcome.Verdict));
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(120)], clock.Waits);
    }

    [Fact]
    public async Task An_event_the_server_could_not_take_for_now_goes_out_again_with_the_rest()
    {
        var isFirst = true;
        using var server = new EventServer();
        server.Judge = next =>
        {
            if (!isFirst || next.GetProperty("id").GetString() != "e2")
                return null;
            isFirst = false;
            return ("retry", "busy: send it again");
        };
        var clock = new InstantClock();
        var outcomes = await Sink(server.Url, clock).Send(Batch(0, 4), CancellationToken.None);
        EventVerdict[] expected =
            [EventVerdict.Accepted, EventVerdict.Accepted, EventVerdict.Accepted, EventVerdict.Duplicate];
        Assert.Equal(expected, outcomes.Select(outcome => outcome.Verdict));
        Assert.Equal(4, server.Accepted.Count);
        Assert.Single(clock.Waits);
    }

    [Fact]
    public async Task Of_a_half_answered_batch_only_the_rest_goes_out_again()
    {
        using var server = new EventServer { CutAfterLines = 60 };
        var outcomes = await Sink(server.Url, new InstantClock()).Send(Batch(0, 100), CancellationToken.None);
        Assert.Equal(100, outcomes.Count);
        Assert.Equal(100, server.Accepted.Count);
        Assert.Equal(2, server.Requests);
        Assert.InRange(server.Received, 100, 160);
    }

    [Fact]
    public async Task A_failing_server_is_tried_again_after_growing_waits()
    {
        using var server = new EventServer();
        for (var i = 0; i < 3; i++)
            server.Script.Enqueue(response => response.StatusCode = 500);
        var clock = new InstantClock();
        await Sink(server.Url, clock).Send(Batch(0, 2), CancellationToken.None);
        Assert.Equal([200, 400, 800], clock.Waits.Select(wait => wait.TotalMilliseconds));
        Assert.Equal(2, server.Accepted.Count);
    }

    [Fact]
    public async Task A_silent_address_is_given_up_after_the_patience()
    {
        string url;
        using (var server = new EventServer())
            url = server.Url;
        var clock = new InstantClock();
        var failure = await Assert.ThrowsAsync<CommandFailure>(
            () => Sink(url, clock).Send(Batch(0, 2), CancellationToken.None));
        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.InRange(clock.Waits.Sum(wait => wait.TotalSeconds), 30, 42);
    }

    [Fact]
    public async Task A_wrong_key_or_address_is_a_usage_error_at_once()
    {
        using var server = new EventServer();
        var clock = new InstantClock();
        var wrongKey = await Assert.ThrowsAsync<CommandFailure>(
            () => Sink(server.Url, clock, "wrong").Send(Batch(0, 2), CancellationToken.None));
        var wrongPath = await Assert.ThrowsAsync<CommandFailure>(
            () => Sink(server.Url + "/elsewhere", clock).Send(Batch(0, 2), CancellationToken.None));
        Assert.Equal((ExitCode.Usage, ExitCode.Usage), (wrongKey.ExitCode, wrongPath.ExitCode));
        Assert.Contains("--key", wrongKey.Message, StringComparison.Ordinal);
        Assert.Contains("--url", wrongPath.Message, StringComparison.Ordinal);
        Assert.Empty(clock.Waits);
    }
}
