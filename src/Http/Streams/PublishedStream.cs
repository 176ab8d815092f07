using System.Text;
using DToC.Grains;
using DToC.Http.Limits;
using DToC.Http.Operations;
using DToC.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;

namespace DToC.Http.Streams;

/// <summary>What a stream of published effects sends.</summary>
/// <param name="Topic">Of which topic.</param>
/// <param name="EventName">The name of its events.</param>
/// <param name="Json">What is sent of an effect; null for one that is not for this stream.</param>
internal sealed record StreamForm(
    Topic Topic, string EventName, Func<Published, CancellationToken, ValueTask<string?>> Json);

/// <summary>Published effects as Server-Sent Events, from a place on, to one receiver.</summary>
internal sealed class PublishedStream(
    ITwinHost host, HttpOptions options, ApiMeters meters, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Sends until the receiver goes or the server stops.</summary>
    public async Task<IResult> RunAsync(HttpContext http, string? from, StreamForm form)
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
            await using var published = host.SubscribeAsync(form.Topic, cursor, ending.Token)
                .GetAsyncEnumerator(ending.Token);
            var next = published.MoveNextAsync().AsTask();
            if (next.IsFaulted) await next;
            await SendAsync(http.Response, published, next, new Writer(http.Response, form, cursor, standstill),
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

    private async Task SendAsync(
        HttpResponse response, IAsyncEnumerator<Published> published, Task<bool> next, Writer writer,
        CancellationToken cancellation)
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
            await writer.WriteAsync(published.Current, cancellation);
            next = published.MoveNextAsync().AsTask();
        }
    }

    /// <summary>
    /// Writes one receiver's events, by the rules of the HTML standard's section on server-sent events.
    /// </summary>
    private sealed class Writer(HttpResponse response, StreamForm form, string? cursor, Standstill standstill)
    {
        private string? _cursor = cursor;
        private string? _sent = cursor;

        /// <summary>An effect, unless it is not for this stream.</summary>
        public async Task WriteAsync(Published published, CancellationToken cancellation)
        {
            _cursor = published.Cursor;
            if (await form.Json(published, cancellation) is not { } json) return;
            _sent = _cursor;
            standstill.Begin();
            await response.WriteAsync(
                $"id: {_cursor}\nevent: {form.EventName}\ndata: {json}\n\n", Encoding.UTF8, cancellation);
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
