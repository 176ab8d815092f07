using Microsoft.AspNetCore.Http;

namespace DToC.Http.Limits;

/// <summary>What one request holds of what all share; given back when it ends, whatever happens.</summary>
internal sealed class RequestHold(KeyShare share, SharedRoom room)
{
    // Bodies up to this size may use the part that is kept for them.
    private const int SmallBytes = 64 * 1024;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private long _bytes;

    /// <summary>That of a request that has shown its key.</summary>
    /// <exception cref="InvalidOperationException">The route asks for no key.</exception>
    public static RequestHold Of(HttpContext http) => http.Features.Get<RequestHold>()
        ?? throw new InvalidOperationException("A route without a key holds nothing of what all share.");

    /// <summary>The key's share.</summary>
    public KeyShare Share => share;

    /// <summary>What all share.</summary>
    public SharedRoom Room => room;

    /// <summary>Bytes it holds.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes bytes for a body; the limit that is hit, or null.</summary>
    public Limit? TryTake(long bytes)
    {
        if (!share.Bytes.TryTake(bytes)) return Limit.BytesPerKey;
        var bound = Bytes + bytes > SmallBytes ? room.BulkBytes : long.MaxValue;
        if (!room.Bytes.TryTake(bytes, bound))
        {
            share.Bytes.Give(bytes);
            return Limit.Bytes;
        }
        Interlocked.Add(ref _bytes, bytes);
        return null;
    }

    /// <summary>Takes bytes as a part of something long, waiting for them to be there.</summary>
    public async ValueTask TakeAsync(long bytes, TimeProvider time, CancellationToken cancellation)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            Limit limit;
            if (room.Memory.IsHigh) limit = Limit.Memory;
            else if (!share.Bytes.TryTake(bytes)) limit = Limit.BytesPerKey;
            else if (room.Bytes.TryTake(bytes, room.BulkBytes)) break;
            else
            {
                share.Bytes.Give(bytes);
                limit = Limit.Bytes;
            }
            if (isFirst) room.Meters.Count(limit);
            await Task.Delay(Step, time, cancellation);
        }
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Takes bytes that are in memory already.</summary>
    public void Take(long bytes)
    {
        share.Bytes.Take(bytes);
        room.Bytes.Take(bytes);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes)
    {
        share.Bytes.Give(bytes);
        room.Bytes.Give(bytes);
        Interlocked.Add(ref _bytes, -bytes);
    }
}
