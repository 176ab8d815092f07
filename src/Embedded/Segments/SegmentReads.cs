using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Segments;

namespace DToC.Embedded.Segments;

/// <summary>Reads the tallies of all partitions as one.</summary>
internal static class SegmentReads
{
    public static SegmentsReading Read(HostContext host)
    {
        var all = new SegmentTallies(host.Plans.Current);
        var isComplete = true;
        foreach (var partition in host.Partitions) isComplete &= partition.Segments.AddTo(all);
        return new SegmentsReading(all, isComplete, Instant.From(host.Options.Time.GetUtcNow()))
        {
            IsErased = customer => host.Ledger.IsClosed(GrainKey.Customer(customer)),
        };
    }
}
