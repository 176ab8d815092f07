using DToC.Twin;
using DToC.Twin.Segments;

namespace DToC.Grains;

/// <summary>
/// The tallies of all segments, as of the customers committed at a moment; nothing changes them any more.
/// </summary>
/// <param name="Tallies">All shards together.</param>
/// <param name="IsComplete">
/// False while customers are still being counted, after a start or another definition: numbers are then too small.
/// </param>
/// <param name="At">The host's time.</param>
public sealed record SegmentsReading(SegmentTallies Tallies, bool IsComplete, Instant At)
{
    /// <summary>Whether a customer was erased, or is being erased.</summary>
    public required Func<string, bool> IsErased { get; init; }

    /// <summary>Members of a segment with the smallest hashes: a uniform sample.</summary>
    public IReadOnlyList<string> Sample(int segment) => [.. Tallies.Sample(segment).Where(id => !IsErased(id))];

    /// <summary>The same of everybody.</summary>
    public IReadOnlyList<string> SampleOfEverybody() => [.. Tallies.SampleOfEverybody().Where(id => !IsErased(id))];

    /// <summary>Entries and exits of a segment up to the moment of this reading.</summary>
    public SegmentMoves Moves(int segment) => Tallies.Moves(segment, At);
}
