using DToC.Grains;
using DToC.Twin.Plan;
using DToC.Twin.Segments;

namespace DToC.Conformance;

/// <summary>The tallies of segments: of each customer the share that is counted is kept beside them.</summary>
internal sealed class SimulatedSegments(TwinPlan plan, int partitions)
{
    private readonly SegmentTallies[] _shards =
        [.. Enumerable.Range(0, partitions).Select(_ => new SegmentTallies(plan))];

    private readonly Dictionary<GrainKey, ReadOnlyMemory<byte>> _counted = [];

    /// <summary>A customer's state was committed, or removed (null).</summary>
    public void Take(GrainKey key, int partition, KeptState? state)
    {
        if (key.Kind != GrainKind.Customer) return;
        var before = _counted.GetValueOrDefault(key);
        var after = state?.Bytes ?? default;
        _shards[partition].Apply(key.Id, CustomerCodec.ShareOf(before.Span), CustomerCodec.ShareOf(after.Span));
        if (state is null) _counted.Remove(key);
        else _counted[key] = after;
    }

    /// <summary>All shards together.</summary>
    public SegmentTallies Read()
    {
        var all = new SegmentTallies(plan);
        foreach (var shard in _shards) all.Add(shard);
        return all;
    }
}
