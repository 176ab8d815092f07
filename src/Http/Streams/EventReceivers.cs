using System.Text;
using DToC.Http.Limits;
using DToC.Http.Operations;
using DToC.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;

namespace DToC.Http.Streams;

/// <summary>Lets receivers of Server-Sent Events in, as many as there may be, and sees them out.</summary>
internal sealed class EventReceivers(
    HttpOptions options, ApiMeters meters, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Sends to one receiver until all is sent, the receiver goes, or the server stops.</summary>
    /// <param name="http">The receiver.</param>
    /// <param name="send">What is sent.</param>
    public async Task<IResult> SendAsync(HttpContext http, Func<EventWriter, CancellationToken, Task> send)
    {
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
            await send(new EventWriter(http.Response, standstill), ending.Token);
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
}

/// <summary>
/// Writes one receiver's events, by the rules of the HTML standard's section on server-sent events.
/// </summary>
internal sealed class EventWriter(HttpResponse response, Standstill standstill)
{
    /// <summary>An event.</summary>
    /// <param name="id">The place to resume behind it; null for none.</param>
    /// <param name="name">Its name.</param>
    /// <param name="json">Its data, without line breaks.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public async Task WriteAsync(string? id, string name, string json, CancellationToken cancellation)
    {
        Begin();
        standstill.Begin();
        var place = id is null ? "" : $"id: {id}\n";
        await response.WriteAsync($"{place}event: {name}\ndata: {json}\n\n", Encoding.UTF8, cancellation);
        standstill.End();
    }

    /// <summary>A sign of life, with a new place to resume behind unless null.</summary>
    public async Task BeatAsync(string? id, CancellationToken cancellation)
    {
        Begin();
        standstill.Begin();
        var place = id is null ? "" : $"id: {id}\n";
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

    private void Begin()
    {
        if (response.HasStarted) return;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
    }
}
