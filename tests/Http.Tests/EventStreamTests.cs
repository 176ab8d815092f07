using System.Net;
using DToC.Grains;

namespace DToC.Http.Tests;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Ten_thousand_lines_are_answered_in_order_even_to_a_sender_that_reads_last()
    {
        await using var server = await ApiServer.StartAsync();
        var lines = Enumerable.Range(0, 10_000).Select(i => EventFormsTests.Event($"e-{i}", $"c-{i % 500}"));
        var answer = await server.PostEventsAsync(string.Join('\n', lines), "application/x-ndjson");
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var answers = answer.Lines;
        Assert.Equal(10_000, answers.Count);
        for (var i = 0; i < answers.Count; i++)
        {
            Assert.Equal(
                (i + 1, $"e-{i}", "accepted"),
                (answers[i]["line"]!.GetValue<int>(), answers[i]["id"]!.GetValue<string>(),
                answers[i]["status"]!.GetValue<string>()));
        }
        var twin = await server.GetAsync("/v1/twins/c-42");
        Assert.Equal(20, twin.Json["description"]!["events"]!.GetValue<int>());
    }

    [Fact]
    public async Task Stream_stops_being_read_while_its_events_wait_for_the_host()
    {
        var options = new HttpOptions { MaxEventsInFlight = 400, ChunkEvents = 50 };
        await using var server = await ApiServer.StartAsync(options);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isFull = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Host.Intercept = async (_, message) =>
        {
            if (message is not CustomerMessage.Observe) return null;
            if (Volatile.Read(ref server.Host.EventsSent) >= options.MaxEventsInFlight) isFull.TrySetResult();
            await release.Task;
            return null;
        };
        var body = string.Join(
            '\n', Enumerable.Range(0, 5_000).Select(i => EventFormsTests.Event($"e-{i}", $"c-{i}")));
        var sending = server.PostEventsAsync(body, "application/x-ndjson");
        await isFull.Task.WaitAsync(TimeSpan.FromSeconds(30));
        // Whatever the reader could still do without the host, it has done by the time others were served.
        for (var i = 0; i < 20; i++) await server.GetAsync("/health/ready");
        Assert.InRange(
            server.Host.EventsSent, options.MaxEventsInFlight,
            options.MaxEventsInFlight + 2 * options.ChunkEvents);
        Assert.False(sending.IsCompleted);
        release.SetResult();
        var answer = await sending;
        Assert.Equal(5_000, answer.Lines.Count(line => line["status"]!.GetValue<string>() == "accepted"));
    }

    [Fact]
    public async Task Answers_come_while_the_stream_is_still_open()
    {
        await using var server = await ApiServer.StartAsync();
        var body = new OpenBody();
        using var request = server.Request(HttpMethod.Post, "/v1/events");
        request.Version = HttpVersion.Version11;
        request.Content = body;
        request.Content.Headers.ContentType = new("application/x-ndjson");
        await body.Write(EventFormsTests.Event("e-1", "kurt") + "\n");
        // The client of this runtime reads heads only after a body that promises no end was sent in part.
        request.Headers.ExpectContinue = false;
        var sending = server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var deadline = DateTime.UtcNow.AddSeconds(20);
        Answer twin;
        do twin = await server.GetAsync("/v1/twins/kurt");
        while (twin.Status != HttpStatusCode.OK && DateTime.UtcNow < deadline);
        Assert.Equal(HttpStatusCode.OK, twin.Status);
        Assert.False(body.IsEnded);
        await body.Write(EventFormsTests.Event("e-2", "kurt") + "\n");
        body.End();
        using var response = await sending;
        Assert.Equal(
            2, (await response.Content.ReadAsStringAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Busy_host_is_a_problem_that_says_when_to_come_back()
    {
        await using var server =
            await ApiServer.StartAsync(new HttpOptions { StreamPatience = TimeSpan.FromMilliseconds(50) });
        server.Host.Intercept = (_, message) => Task.FromResult<Reply?>(
            message is CustomerMessage.Observe ? new Reply.Busy(TimeSpan.FromMilliseconds(10)) : null);
        var single = await server.PostEventsAsync(EventFormsTests.Event("e-1", "lea"));
        Assert.Equal(
            "1", single.IsProblem(
            HttpStatusCode.TooManyRequests, "busy").Response.Headers.RetryAfter?.ToString());
        var array = await server.PostEventsAsync($"[{EventFormsTests.Event("e-1", "lea")}]");
        array.IsProblem(HttpStatusCode.TooManyRequests, "busy");
        var lines = await server.PostEventsAsync(EventFormsTests.Event("e-1", "lea"), "application/x-ndjson");
        Assert.Equal("retry", lines.Lines.Single()["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Stream_waits_for_a_host_that_is_busy_for_a_while()
    {
        await using var server = await ApiServer.StartAsync();
        var refusals = 3;
        server.Host.Intercept = (_, message) => Task.FromResult<Reply?>(
            message is CustomerMessage.Observe && Interlocked.Decrement(ref refusals) >= 0
            ? new Reply.Busy(TimeSpan.FromMilliseconds(1)) : null);
        var lines = await server.PostEventsAsync(EventFormsTests.Event("e-1", "lea"), "application/x-ndjson");
        Assert.Equal("accepted", lines.Lines.Single()["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Host_that_cannot_commit_is_unavailable_and_nothing_happened()
    {
        await using var server = await ApiServer.StartAsync();
        server.Host.Intercept = (_, message) => Task.FromResult<Reply?>(
            message is CustomerMessage.Observe ? new Reply.Unavailable("disk full") : null);
        var single = await server.PostEventsAsync(EventFormsTests.Event("e-1", "max"));
        Assert.Contains(
            "disk full", single.IsProblem(HttpStatusCode.ServiceUnavailable, "unavailable").Text("detail"),
            StringComparison.Ordinal);
        Assert.NotNull(single.Response.Headers.RetryAfter);
        server.Host.Intercept = null;
        (await server.GetAsync("/v1/twins/max")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }
}
