using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>
/// A customer's share in the tallies, as it lies in a stored state: <see cref="SegmentForm"/> in its parts. The default
/// is that of one who has none.
/// </summary>
public readonly ref struct SegmentShare
{
    private SegmentShare(
        ulong planHash, bool isCounted, ReadOnlySpan<byte> key, ReadOnlySpan<byte> past, ReadOnlySpan<byte> clock,
        ReadOnlySpan<byte> values)
    {
        (PlanHash, IsCounted) = (planHash, isCounted);
        Key = key;
        Past = past;
        Clock = clock;
        Values = values;
    }

    /// <summary>Hash of the plan it was evaluated under; 0 of one that never was.</summary>
    public ulong PlanHash { get; }

    /// <summary>Whether it stands in the tallies.</summary>
    public bool IsCounted { get; }

    /// <summary>Which of the tallies.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Entries, exits, moves between stages.</summary>
    public ReadOnlySpan<byte> Past { get; }

    /// <summary>Moments, and the mean of satisfaction: no tally hangs on them.</summary>
    public ReadOnlySpan<byte> Clock { get; }

    /// <summary>Stage, and what it has contributed.</summary>
    public ReadOnlySpan<byte> Values { get; }

    /// <summary>Reads what <see cref="SegmentForm.Write"/> wrote.</summary>
    /// <param name="reader">Stands at its beginning; then at the state behind it, which names the plan.</param>
    /// <exception cref="InvalidDataException">The bytes end too early.</exception>
    public static SegmentShare Read(scoped ref BinaryFormReader reader)
    {
        var isCounted = reader.Choice(1) == 1;
        var key = reader.Bytes();
        var past = reader.Bytes();
        var clock = reader.Bytes();
        var values = reader.Bytes();
        return new SegmentShare(StateCodec.PlanHashOf(reader.Rest), isCounted, key, past, clock, values);
    }

    /// <summary>Whether both stand alike, so that no tally changes.</summary>
    public bool IsSame(SegmentShare other) =>
        PlanHash == other.PlanHash && IsCounted == other.IsCounted && Key.SequenceEqual(other.Key)
        && Past.SequenceEqual(other.Past) && Values.SequenceEqual(other.Values);
}
