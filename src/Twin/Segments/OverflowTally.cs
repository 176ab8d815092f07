using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>
/// Customers whose combination of segments has no tally of its own, as there are too many: each is tallied in every
/// segment it is in, under its consents.
/// </summary>
internal sealed class OverflowTally(SegmentationPlan plan)
{
    /// <summary>In the place of a segment: everybody here.</summary>
    public const int Everybody = -1;

    /// <summary>In the place of a segment: nobody.</summary>
    public const int Nobody = -2;

    // Few: one for each segment and each combination of consents.
    private readonly Dictionary<(int Segment, string Consents), AtomTally> _tallies = [];
    private readonly Dictionary<(int, int), long> _overlaps = [];
    private readonly ulong[] _lawful = new ulong[plan.Purposes.Length];

    /// <summary>Whether nobody was ever tallied here.</summary>
    public bool IsEmpty => _tallies.Count == 0;

    /// <summary>The tallies of a segment, or of everybody here.</summary>
    public IEnumerable<AtomTally> Of(int segment)
    {
        foreach (var (key, tally) in _tallies)
        {
            if (key.Segment == segment) yield return tally;
        }
    }

    /// <summary>Customers here that are in both of two segments.</summary>
    public long Overlap(int one, int other) =>
        _overlaps.GetValueOrDefault((Math.Min(one, other), Math.Max(one, other)));

    /// <summary>A customer comes or goes.</summary>
    public void Add(SegmentShare share, int sign)
    {
        var tallies = TalliesOf(share.Key, out var members);
        foreach (var tally in tallies) tally.Add(share, sign);
        for (var i = members.Next(0); i >= 0; i = members.Next(i + 1))
        {
            for (var k = i; k >= 0; k = members.Next(k + 1))
                _overlaps[(i, k)] = _overlaps.GetValueOrDefault((i, k)) + sign;
        }
    }

    /// <summary>A customer stays, and contributes something else.</summary>
    public void Change(SegmentShare before, SegmentShare after)
    {
        foreach (var tally in TalliesOf(after.Key, out _)) tally.Change(before, after);
    }

    /// <summary>A customer's moves between stages come or go.</summary>
    public void Add(ReadOnlySpan<byte> key, in StageFlow flow, int sign)
    {
        foreach (var tally in TalliesOf(key, out _)) tally.Flows.Add(flow, sign);
    }

    /// <summary>Adds all of another.</summary>
    public void Add(OverflowTally other)
    {
        foreach (var (key, tally) in other._tallies)
        {
            if (!_tallies.TryGetValue(key, out var own)) _tallies.Add(key, own = new AtomTally(plan, tally.Key));
            own.Add(tally);
        }
        foreach (var (pair, size) in other._overlaps) _overlaps[pair] = _overlaps.GetValueOrDefault(pair) + size;
    }

    private List<AtomTally> TalliesOf(ReadOnlySpan<byte> key, out SegmentMask members)
    {
        var reader = new BinaryFormReader(key);
        SegmentForm.ReadKey(ref reader, plan, out members, _lawful);
        var consents = string.Join(',', _lawful);
        List<AtomTally> tallies = [Find(Everybody, consents, key)];
        for (var i = members.Next(0); i >= 0; i = members.Next(i + 1)) tallies.Add(Find(i, consents, key));
        return tallies;
    }

    // Of the key the tally takes the consents; which segments the first customer was in means nothing.
    private AtomTally Find(int segment, string consents, ReadOnlySpan<byte> key)
    {
        if (!_tallies.TryGetValue((segment, consents), out var tally))
            _tallies.Add((segment, consents), tally = new AtomTally(plan, key.ToArray()));
        return tally;
    }
}
