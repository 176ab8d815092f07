using System.Collections.Concurrent;
using DToC.Grains;
using DToC.Http.Operations;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Limits;

/// <summary>
/// What all requests share, and each key's part of it: requests, streams and bytes under way. What a request does not
/// get is answered 429 before anything was read of it.
/// </summary>
internal sealed class SharedRoom(HttpOptions options, LimitMeters meters, HeapGauge memory, TimeProvider time)
{
    // Issued keys are bounded; those that were revoked leave their shares behind until there are this many.
    private const int MaxShares = 2 * AccessKeysGrain.MaxKeys;

    private readonly ConcurrentDictionary<string, KeyShare> _shares = new(StringComparer.Ordinal);

    /// <summary>Requests under way.</summary>
    public Tally Requests { get; } = new(options.MaxRequestsInFlight);

    /// <summary>Streams of lines that are open.</summary>
    public Tally Streams { get; } = new(options.MaxStreams);

    /// <summary>Bytes of bodies, and of answers nobody has read yet.</summary>
    public Tally Bytes { get; } = new(options.MaxBytesInFlight);

    /// <summary>What streams and long bodies may have of the bytes; a quarter is kept for short ones.</summary>
    public long BulkBytes { get; } = options.MaxBytesInFlight / 4 * 3;

    /// <summary>Whether memory runs short.</summary>
    public HeapGauge Memory => memory;

    /// <summary>Where hits are counted.</summary>
    public LimitMeters Meters => meters;

    /// <summary>The share of a key.</summary>
    public KeyShare ShareOf(AccessKey key)
    {
        return _shares.TryGetValue(key.Id, out var known) && known.Rate == key.Rate ? known : Renew(key);
    }

    /// <summary>A request begins; what it hits, or null. Operators are always let in.</summary>
    public ProblemResult? Enter(HttpContext http, ApiRoute route, KeyShare share)
    {
        var isGuarded = route.Scope is not (KeyScopes.Operate or KeyScopes.Admin);
        if (isGuarded && share.RequestRate?.TryTake(1) is { } wait)
        {
            RateHeaders.Write(http.Response, share);
            return RateHeaders.Exceeded(this, Limit.RequestRate, share.RequestRate, wait);
        }
        if (route.Scope == KeyScopes.Ingest && memory.IsHigh)
        {
            return Over(
                Limit.Memory, "The server's memory is nearly used up; events are taken again when it is not.");
        }
        if (!share.Requests.TryTake(1))
        {
            // Operators still get in with a key whose share is full; it is only counted.
            if (isGuarded)
            {
                return Over(Limit.RequestsPerKey, $"This key has {share.Requests.Limit} requests under way.");
            }
            share.Requests.Take(1);
        }
        if (!Requests.TryTake(1))
        {
            if (isGuarded)
            {
                share.Requests.Give(1);
                return Over(Limit.Requests, $"There are {Requests.Limit} requests under way, which is the most.");
            }
            Requests.Take(1);
        }
        RateHeaders.Write(http.Response, share);
        http.Features.Set(new RequestHold(share, this));
        return null;
    }

    /// <summary>A request has ended, and gives back what it still holds.</summary>
    public void Leave(HttpContext http)
    {
        if (http.Features.Get<RequestHold>() is not { } hold) return;
        http.Features.Set<RequestHold>(null);
        hold.Give(hold.Bytes);
        hold.Share.Requests.Give(1);
        Requests.Give(1);
    }

    /// <summary>The answer to what is over a limit for a short while.</summary>
    public ProblemResult Over(Limit limit, string what)
    {
        meters.Count(limit);
        return new ProblemResult(
            ProblemKind.Busy, $"{what} Nothing happened. Send it again after the time in Retry-After.")
        {
            RetryAfter = options.RetryAfterLimit,
        };
    }

    /// <summary>Writes what is taken now, and how often limits were hit.</summary>
    public void Write(MetricsText text)
    {
        text.Family("dtoc_requests_in_flight", "gauge", "Requests under way.");
        text.Sample("dtoc_requests_in_flight", Requests.Taken);
        text.Family("dtoc_streams_open", "gauge", "Streams of lines that are open.");
        text.Sample("dtoc_streams_open", Streams.Taken);
        text.Family("dtoc_bytes_in_flight", "gauge", "Bytes of bodies under way and of answers not read yet.");
        text.Sample("dtoc_bytes_in_flight", Bytes.Taken);
        meters.Write(text);
    }

    private KeyShare Renew(AccessKey key)
    {
        if (_shares.Count >= MaxShares)
        {
            foreach (var (id, share) in _shares)
            {
                if (share.Requests.Taken == 0) _shares.TryRemove(id, out _);
            }
        }
        return _shares.AddOrUpdate(
            key.Id, static (_, of) => of.Fresh(), static (_, old, of) => old.Rate == of.Rate ? old : of.Fresh(),
            (key.Rate, Fresh: (Func<KeyShare>)(() => new KeyShare(key.Rate, options, time))));
    }
}
