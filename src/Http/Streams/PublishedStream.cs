using DToC.Grains;
using DToC.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Streams;

/// <summary>What a stream of published effects sends.</summary>
/// <param name="Topic">Of which topic.</param>
/// <param name="EventName">The name of its events.</param>
/// <param name="Json">What is sent of an effect; null for one that is not for this stream.</param>
internal sealed record StreamForm(
    Topic Topic, string EventName, Func<Published, CancellationToken, ValueTask<string?>> Json);

/// <summary>Published effects as Server-Sent Events, from a place on, to one receiver.</summary>
internal sealed class PublishedStream(
    ITwinHost host, EventReceivers receivers, HttpOptions options, TimeProvider time)
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
        try
        {
            return await receivers.SendAsync(http, async (writer, cancellation) =>
            {
                await using var published = host.SubscribeAsync(form.Topic, cursor, cancellation)
                    .GetAsyncEnumerator(cancellation);
                var next = published.MoveNextAsync().AsTask();
                if (next.IsFaulted) await next;
                await SendAsync(published, next, new Place(writer, form, cursor), cancellation);
            });
        }
        catch (FormatException) when (!http.Response.HasStarted)
        {
            return new ProblemResult(
                ProblemKind.Malformed,
                "Last-Event-ID is not one of this server's; leave it out, or start with ?from=beginning.");
        }
    }

    private async Task SendAsync(
        IAsyncEnumerator<Published> published, Task<bool> next, Place place, CancellationToken cancellation)
    {
        await place.BeatAsync(cancellation);
        while (true)
        {
            if (!next.IsCompleted)
            {
                await place.FlushAsync(cancellation);
                using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var pause = Task.Delay(options.Heartbeat, time, beat.Token);
                if (await Task.WhenAny(next, pause) == pause)
                {
                    await pause;
                    await place.BeatAsync(cancellation);
                    continue;
                }
                await beat.CancelAsync();
            }
            if (!await next) return;
            await place.WriteAsync(published.Current, cancellation);
            next = published.MoveNextAsync().AsTask();
        }
    }

    /// <summary>Where a receiver is.</summary>
    private sealed class Place(EventWriter writer, StreamForm form, string? cursor)
    {
        private string? _cursor = cursor;
        private string? _sent = cursor;

        /// <summary>An effect, unless it is not for this stream.</summary>
        public async Task WriteAsync(Published published, CancellationToken cancellation)
        {
            _cursor = published.Cursor;
            if (await form.Json(published, cancellation) is not { } json) return;
            _sent = _cursor;
            await writer.WriteAsync(_cursor, form.EventName, json, cancellation);
        }

        /// <summary>A sign of life; it moves the receiver's place past what was not for it.</summary>
        public async Task BeatAsync(CancellationToken cancellation)
        {
            var place = _cursor is not null && _cursor != _sent ? _cursor : null;
            _sent = _cursor;
            await writer.BeatAsync(place, cancellation);
        }

        /// <summary>Waits for the receiver to take what was written.</summary>
        public Task FlushAsync(CancellationToken cancellation) => writer.FlushAsync(cancellation);
    }
}
