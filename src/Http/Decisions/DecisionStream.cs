using System.Text;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Limits;
using DToC.Http.Operations;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.Decisions;
using DToC.Twin.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DToC.Http.Decisions;

/// <summary><c>GET /v1/decisions</c>: next best actions as Server-Sent Events.</summary>
internal static class DecisionStream
{
    private const string EventName = "next-best-action";

    public static void MapDecisions(this IEndpointRouteBuilder app) =>
        app.Map(Routes.StreamDecisions, StreamAsync)
            .Produces<NextBestActionForm>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(400, 429, 503);

    private static async Task<IResult> StreamAsync(
        HttpContext http, string? from, ITwinHost host, HttpOptions options, ApiMeters meters,
        IHostApplicationLifetime lifetime, TimeProvider time)
    {
        string? cursor = http.Request.Headers["Last-Event-ID"];
        if (string.IsNullOrEmpty(cursor)) cursor = null;
        if (from is not (null or "beginning" or "now"))
        {
            return new ProblemResult(ProblemKind.Malformed, "from must be 'beginning' or 'now'.");
        }
        if (cursor is null && from == "beginning") cursor = Published.Beginning;
        var hold = RequestHold.Of(http);
        if (!hold.Share.Subscribers.TryTake(1))
        {
            return hold.Room.Over(
                Limit.SubscribersPerKey, $"This key has {options.MaxSubscribersPerKey} receivers already.");
        }
        if (!meters.TrySubscribe(options.MaxSubscribers))
        {
            hold.Share.Subscribers.Give(1);
            hold.Room.Meters.Count(Limit.Subscribers);
            return new ProblemResult(
                ProblemKind.Unavailable,
                $"There are {options.MaxSubscribers} receivers already, which is the most; come back later.")
            {
                RetryAfter = options.Heartbeat,
            };
        }
        // A receiver may be slow, and is read for from disk at its pace; one that stands still is let go.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } outgoing) outgoing.MinDataRate = null;
        using var standstill = new Standstill(options.StreamIdle, time, () =>
        {
            hold.Room.Meters.Count(Limit.SlowReceiver);
            http.Abort();
        });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await using var decisions = host.SubscribeAsync(Topic.Decision, cursor, ending.Token)
                .GetAsyncEnumerator(ending.Token);
            var next = decisions.MoveNextAsync().AsTask();
            if (next.IsFaulted) await next;
            await SendAsync(
                http.Response, decisions, next, new SseWriter(http.Response, host, cursor, standstill), options, time,
                ending.Token);
        }
        catch (FormatException) when (!http.Response.HasStarted)
        {
            return new ProblemResult(
                ProblemKind.Malformed,
                "Last-Event-ID is not one of this server's; leave it out, or start with ?from=beginning.");
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The receiver has gone, or the server stops; the receiver resumes where it was.
        }
        finally
        {
            hold.Share.Subscribers.Give(1);
            meters.Unsubscribe();
        }
        return Results.Empty;
    }

    private static async Task SendAsync(
        HttpResponse response, IAsyncEnumerator<Published> decisions, Task<bool> next, SseWriter writer,
        HttpOptions options,
        TimeProvider time, CancellationToken cancellation)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        await writer.BeatAsync(cancellation);
        while (true)
        {
            if (!next.IsCompleted)
            {
                await writer.FlushAsync(cancellation);
                using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var pause = Task.Delay(options.Heartbeat, time, beat.Token);
                if (await Task.WhenAny(next, pause) == pause)
                {
                    await pause;
                    await writer.BeatAsync(cancellation);
                    continue;
                }
                await beat.CancelAsync();
            }
            if (!await next) return;
            await writer.WriteAsync(decisions.Current, cancellation);
            next = decisions.MoveNextAsync().AsTask();
        }
    }

    /// <summary>
    /// Writes one receiver's events, by the rules of the HTML standard's section on server-sent events.
    /// </summary>
    private sealed class SseWriter(
        HttpResponse response, ITwinHost host, string? cursor, Standstill standstill)
    {
        private string? _cursor = cursor;
        private string? _sent = cursor;

        /// <summary>A decision, unless it has no winner or its definition is not kept any more.</summary>
        public async Task WriteAsync(Published published, CancellationToken cancellation)
        {
            _cursor = published.Cursor;
            var record = DecisionRecord.Read(Envelope.Open(published.Payload.Span));
            if (record.Winner == Decider.NoWinner || record.Inputs.Holdout
                || host.Plans.Find(record.PlanHash) is not { } plan)
            {
                return;
            }
            var json = JsonSerializer.Serialize(NextBestActionForm.Of(record, plan), WireJson.Options);
            _sent = _cursor;
            standstill.Begin();
            await response.WriteAsync(
                $"id: {_cursor}\nevent: {EventName}\ndata: {json}\n\n", Encoding.UTF8, cancellation);
            standstill.End();
        }

        /// <summary>A sign of life; it moves the receiver's place past what was not for it.</summary>
        public async Task BeatAsync(CancellationToken cancellation)
        {
            var place = _cursor is not null && _cursor != _sent ? $"id: {_cursor}\n" : "";
            _sent = _cursor;
            standstill.Begin();
            await response.WriteAsync($": alive\n{place}\n", Encoding.UTF8, cancellation);
            await FlushAsync(cancellation);
        }

        /// <summary>Waits for the receiver to take what was written.</summary>
        public async Task FlushAsync(CancellationToken cancellation)
        {
            standstill.Begin();
            await response.Body.FlushAsync(cancellation);
            standstill.End();
        }
    }
}
