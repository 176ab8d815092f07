using System.Net;
using System.Net.Sockets;
using System.Text;
using DToC.Grains;
using DToC.Http.Limits;
using Microsoft.Extensions.DependencyInjection;

namespace DToC.Http.Tests.Limits;

/// <summary>One that asks for too much, or too slowly, harms nobody else.</summary>
public sealed class FairnessTests
{
    private const string Lines = "application/x-ndjson";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Key_over_its_rate_of_events_is_told_when_to_come_back_and_others_are_not()
    {
        await using var server = await ApiServer.StartAsync();
        var issued = await server.SendAsync(
            HttpMethod.Post, "/v1/keys",
            """{"name":"slow","scopes":["ingest"],"rate":{"eventsPerSecond":1}}""");
        Assert.Equal(1, issued.Json["rate"]!["eventsPerSecond"]!.GetValue<int>());
        var key = issued.Text("key");
        // More than the bucket ever holds: taken at once, and paid for afterwards.
        var batch = await server.SendAsync(HttpMethod.Post, "/v1/events", Batch("c", 100), key: key);
        Assert.Equal((HttpStatusCode.Accepted, 100), (batch.Status, batch.Number("accepted")));
        var refused = await server.SendAsync(HttpMethod.Post, "/v1/events", Event("more", "c"), key: key);
        refused.IsProblem(HttpStatusCode.TooManyRequests, "rate-exceeded");
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 100);
        Assert.Equal("\"events\";q=1;w=1", refused.Response.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith(
            "\"events\";r=0;t=", refused.Response.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await server.PostEventsAsync(Event("other", "c"))).Status);
        server.Time.Advance(TimeSpan.FromSeconds(200));
        var later = await server.SendAsync(HttpMethod.Post, "/v1/events", Event("more", "c"), key: key);
        Assert.Equal(HttpStatusCode.Accepted, later.Status);
        Assert.Equal(1, Hits(server, Limit.EventRate));
    }

    [Fact]
    public async Task Stream_of_a_key_with_a_rate_is_read_slowly_and_loses_nothing()
    {
        await using var server =
            await ApiServer.StartAsync(new HttpOptions { EventsPerSecondPerKey = 100, ChunkEvents = 50 });
        var began = server.Time.GetTimestamp();
        var lines = string.Join('\n', Enumerable.Range(0, 250).Select(i => Event($"e-{i}", $"c-{i}")));
        var answer = await server.PostEventsAsync(lines, Lines);
        Assert.Equal(250, answer.Lines.Count(line => line["status"]!.GetValue<string>() == "accepted"));
        // A hundred at once, the others as they may come.
        Assert.InRange(server.Time.GetElapsedTime(began).TotalSeconds, 1.45, 60);
        Assert.True(Hits(server, Limit.EventRate) > 0);
    }

    [Fact]
    public async Task Key_whose_chunks_do_not_get_on_leaves_places_for_other_keys_and_for_single_events()
    {
        await using var server =
            await ApiServer.StartAsync(new HttpOptions { MaxChunksInFlight = 8, ChunkEvents = 10 });
        var (held, release) = Hold(server);
        var greedy = await server.IssueAsync("ingest");
        var all = Enumerable.Range(0, 4).Select(sender => server.SendAsync(
            HttpMethod.Post, "/v1/events",
            string.Join('\n', Enumerable.Range(0, 500).Select(i => Event($"h-{sender}-{i}", $"held-{i}"))), Lines,
            greedy)).ToList();
        await held.Task.WaitAsync(Patience);
        for (var i = 0; i < 20; i++)
        {
            var single = await server.PostEventsAsync(Event($"s-{i}", "free")).WaitAsync(Patience);
            Assert.Equal(HttpStatusCode.Accepted, single.Status);
        }
        var batch = await server.PostEventsAsync(Batch("batch", 100)).WaitAsync(Patience);
        Assert.Equal(100, batch.Number("accepted"));
        Assert.All(all, sending => Assert.False(sending.IsCompleted));
        release.SetResult();
        foreach (var answer in await Task.WhenAll(all))
        {
            Assert.Equal(500, answer.Lines.Count(line => line["status"]!.GetValue<string>() == "accepted"));
        }
    }

    [Fact]
    public async Task Bytes_of_a_key_are_bounded_and_reads_other_keys_and_operators_go_on()
    {
        await using var server = await ApiServer.StartAsync(
            new HttpOptions { MaxBatchBytes = 64 * 1024, MaxBodyBytes = 32 * 1024, MaxBytesInFlight = 128 * 1024 });
        var (held, release) = Hold(server);
        var greedy = await server.IssueAsync("ingest", "read");
        var large = Batch("held", 300);
        Assert.InRange(large.Length, 34_000, 64 * 1024);
        var first = server.SendAsync(HttpMethod.Post, "/v1/events", large, key: greedy);
        await held.Task.WaitAsync(Patience);
        var room = server.Services.GetRequiredService<SharedRoom>();
        Assert.InRange(room.Bytes.Taken, large.Length, 64 * 1024);
        var second = await server.SendAsync(HttpMethod.Post, "/v1/events", large, key: greedy);
        second.IsProblem(HttpStatusCode.TooManyRequests, "busy");
        Assert.Equal(1, second.Response.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v1/definition", greedy)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await server.PostEventsAsync(Event("s", "free"))).Status);
        var metrics = await server.GetAsync("/metrics");
        Assert.Contains("dtoc_limited_total{limit=\"bytesPerKey\"} 1\n", metrics.Body, StringComparison.Ordinal);
        release.SetResult();
        Assert.Equal(300, (await first).Number("accepted"));
        await UntilAsync(() => room.Bytes.Taken == 0 && room.Requests.Taken == 0);
    }

    [Fact]
    public async Task Short_of_memory_no_events_come_in_and_the_rest_goes_on()
    {
        GC.Collect();
        await using var server = await ApiServer.StartAsync(new HttpOptions { MaxHeapShare = 1e-9 });
        var refused = await server.PostEventsAsync(Event("e", "c"));
        refused.IsProblem(HttpStatusCode.TooManyRequests, "busy");
        Assert.NotNull(refused.Response.Headers.RetryAfter);
        (await server.PostEventsAsync(Event("e", "c"), Lines)).IsProblem(HttpStatusCode.TooManyRequests, "busy");
        foreach (var path in (string[])["/v1/definition", "/health/ready", "/metrics", "/v1/keys"])
        {
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(path)).Status);
        }
        Assert.Equal(2, Hits(server, Limit.Memory));
    }

    [Fact]
    public async Task Sender_that_sends_no_whole_line_is_told_so_and_its_place_is_free_again()
    {
        await using var server = await ApiServer.StartAsync(
            new HttpOptions { StreamIdle = TimeSpan.FromMilliseconds(400), MaxStreams = 1 });
        // By hand: the client of this runtime gives no answer before its body has ended.
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port); // set at start
        var sent = Event("e-1", "kurt") + "\n{\"id\":";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ApiServer.AdminKey}\r\n"
            + $"Content-Type: {Lines}\r\nTransfer-Encoding: chunked\r\n\r\n{sent.Length:x}\r\n{sent}\r\n"));
        var answer = "";
        var bytes = new byte[4_096];
        using var limit = new CancellationTokenSource(Patience);
        while (!answer.Contains("idle: ", StringComparison.Ordinal))
        {
            var count = await client.GetStream().ReadAsync(bytes, limit.Token);
            Assert.True(count > 0, $"The stream ended with {answer}.");
            answer += Encoding.ASCII.GetString(bytes, 0, count);
        }
        Assert.Contains("\"id\":\"e-1\",\"status\":\"accepted\"", answer, StringComparison.Ordinal);
        Assert.Contains("{\"status\":\"retry\",\"reason\":\"idle: ", answer, StringComparison.Ordinal);
        Assert.Equal(1, Hits(server, Limit.StreamIdle));
        await UntilAsync(() => server.Services.GetRequiredService<SharedRoom>().Streams.Taken == 0);
        var next = await server.PostEventsAsync(Event("e-2", "kurt"), Lines);
        Assert.Equal("accepted", next.Lines.Single()["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Streams_and_receivers_of_a_key_are_bounded_and_other_keys_have_theirs()
    {
        await using var server =
            await ApiServer.StartAsync(new HttpOptions { MaxStreamsPerKey = 1, MaxSubscribersPerKey = 1 });
        var (held, release) = Hold(server);
        var greedy = await server.IssueAsync("ingest", "decide");
        var first = server.SendAsync(HttpMethod.Post, "/v1/events", Event("h", "held-1"), Lines, greedy);
        await held.Task.WaitAsync(Patience);
        (await server.SendAsync(HttpMethod.Post, "/v1/events", Event("i", "c"), Lines, greedy))
            .IsProblem(HttpStatusCode.TooManyRequests, "busy");
        var other = await server.PostEventsAsync(Event("o", "c"), Lines);
        Assert.Equal("accepted", other.Lines.Single()["status"]!.GetValue<string>());
        release.SetResult();
        Assert.Equal(HttpStatusCode.Accepted, (await first).Status);

        using var receiver = await ReceiveAsync(server, greedy);
        Assert.Equal(HttpStatusCode.OK, receiver.StatusCode);
        using var refused = await ReceiveAsync(server, greedy);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        using var admitted = await ReceiveAsync(server, ApiServer.AdminKey);
        Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
    }

    [Fact]
    public async Task Batch_of_too_many_events_is_refused_whole()
    {
        await using var server = await ApiServer.StartAsync(new HttpOptions { MaxBatchEvents = 10 });
        Assert.Equal(10, (await server.PostEventsAsync(Batch("a", 10))).Number("accepted"));
        (await server.PostEventsAsync(Batch("b", 11)))
            .IsProblem(HttpStatusCode.RequestEntityTooLarge, "over-limit");
        Assert.Equal(10, server.Host.EventsSent);
    }

    [Fact]
    public async Task Requests_of_a_key_are_bounded_and_operators_are_let_in()
    {
        await using var server = await ApiServer.StartAsync(new HttpOptions { MaxRequestsPerKey = 1 });
        var (held, release) = Hold(server);
        var first = server.PostEventsAsync(Event("h", "held-1"));
        await held.Task.WaitAsync(Patience);
        (await server.PostEventsAsync(Event("i", "c"))).IsProblem(HttpStatusCode.TooManyRequests, "busy");
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/metrics")).Status);
        release.SetResult();
        Assert.Equal(HttpStatusCode.Accepted, (await first).Status);
        await UntilAsync(() => server.Services.GetRequiredService<SharedRoom>().Requests.Taken == 0);
        Assert.Equal(HttpStatusCode.Accepted, (await server.PostEventsAsync(Event("i", "c"))).Status);
    }

    /// <summary>Messages to customers whose id begins with <c>held</c> wait to be released.</summary>
    private static (TaskCompletionSource Held, TaskCompletionSource Release) Hold(ApiServer server)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Host.Intercept = async (key, message) =>
        {
            if (!key.Id.StartsWith("held", StringComparison.Ordinal) || message is not CustomerMessage.Observe)
            {
                return null;
            }
            held.TrySetResult();
            await release.Task;
            return null;
        };
        return (held, release);
    }

    private static async Task<HttpResponseMessage> ReceiveAsync(ApiServer server, string key)
    {
        using var request = server.Request(HttpMethod.Get, "/v1/decisions", key: key);
        return await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!holds())
        {
            Assert.False(limit.IsCancellationRequested, "It did not come about within a minute.");
            await Task.Yield();
        }
    }

    private static long Hits(ApiServer server, Limit limit) =>
        server.Services.GetRequiredService<LimitMeters>().Of(limit);

    private static string Event(string id, string customer) => EventFormsTests.Event(id, customer);

    private static string Batch(string customer, int count) =>
        $"[{string.Join(',', Enumerable.Range(0, count).Select(i => Event($"{customer}-{i}", $"{customer}-{i}")))}]";
}
