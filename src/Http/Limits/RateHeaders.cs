using System.Globalization;
using DToC.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Limits;

/// <summary>
/// Tells a sender its rates: <c>RateLimit-Policy</c> and <c>RateLimit</c> as in draft-ietf-httpapi-ratelimit-headers-10
/// (q: quota, w: window in seconds, r: remaining, t: seconds until it is full again).
/// </summary>
internal static class RateHeaders
{
    /// <summary>Sets both headers when the key has a rate.</summary>
    public static void Write(HttpResponse response, KeyShare share)
    {
        if (share.EventRate is null && share.RequestRate is null) return;
        response.Headers["RateLimit-Policy"] = Join(
            share, static (name, bucket) =>
                string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={bucket.PerSecond};w=1"));
        response.Headers["RateLimit"] = Join(
            share, static (name, bucket) => string.Create(
                CultureInfo.InvariantCulture,
                $"\"{name}\";r={bucket.Left};t={(long)Math.Ceiling(bucket.UntilFull.TotalSeconds)}"));
    }

    /// <summary>Takes so many events from the key's rate, and tells it; the answer when it has not got them.</summary>
    public static ProblemResult? TakeEvents(HttpContext http, int events)
    {
        var hold = RequestHold.Of(http);
        if (hold.Share.EventRate is not { } rate) return null;
        var wait = rate.TryTake(events);
        Write(http.Response, hold.Share);
        return wait is { } time ? Exceeded(hold.Room, Limit.EventRate, rate, time) : null;
    }

    /// <summary>The answer to more than a rate allows.</summary>
    public static ProblemResult Exceeded(SharedRoom room, Limit limit, TokenBucket bucket, TimeSpan wait)
    {
        room.Meters.Count(limit);
        var what = limit == Limit.EventRate ? "events" : "requests";
        return new ProblemResult(
            ProblemKind.RateExceeded,
            $"This key may send {bucket.PerSecond} {what} a second; nothing happened. Send it again after the time in "
            + "Retry-After, or many events as a stream of lines, which is read as fast as the key may send.")
        {
            RetryAfter = wait,
        };
    }

    private static string Join(KeyShare share, Func<string, TokenBucket, string> write)
    {
        var events = share.EventRate is { } perEvent ? write("events", perEvent) : null;
        var requests = share.RequestRate is { } perRequest ? write("requests", perRequest) : null;
        return events is null ? requests! : requests is null ? events : $"{events}, {requests}"; // one is there
    }
}
