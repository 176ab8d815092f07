using System.Collections.Concurrent;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Watching;

/// <summary>The subscriptions of a host that are being read.</summary>
internal sealed class Subscriptions
{
    private readonly ConcurrentDictionary<long, Reading> _readings = new();
    private long _lastId;

    /// <summary>A subscription begins; disposing of what is given back ends it.</summary>
    /// <param name="places">Where it is in each partition; changed by the subscription as it goes on.</param>
    public Reading Enter(Topic topic, long[] places, Instant since)
    {
        var id = Interlocked.Increment(ref _lastId);
        return _readings[id] = new Reading(this, id, topic, places, since);
    }

    /// <summary>The subscriptions now, the one furthest behind first.</summary>
    public List<SubscriberStatus> Read(Partition[] partitions)
    {
        var list = _readings.Values.Select(reading => reading.Status(partitions))
            .OrderByDescending(status => status.Lag).ThenBy(status => status.Id).Take(HostStatus.MaxListed);
        return [.. list];
    }

    /// <summary>One subscription's way through the outboxes.</summary>
    internal sealed class Reading(Subscriptions all, long id, Topic topic, long[] places, Instant since) : IDisposable
    {
        private readonly long[] _seen = new long[places.Length];

        /// <summary>Nothing for this one lies in a partition up to a sequence.</summary>
        public void CaughtUp(int partition, long sequence) => Volatile.Write(ref _seen[partition], sequence);

        public SubscriberStatus Status(Partition[] partitions)
        {
            var lag = 0L;
            for (var i = 0; i < places.Length; i++)
            {
                var place = Math.Max(Volatile.Read(ref places[i]), Volatile.Read(ref _seen[i]));
                lag += Math.Max(0, partitions[i].LastPublished - place);
            }
            return new SubscriberStatus(id, topic, lag, since);
        }

        public void Dispose() => all._readings.TryRemove(id, out _);
    }
}
