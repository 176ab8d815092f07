using System.Diagnostics.CodeAnalysis;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>
/// The tallies of all segments over some customers: the sum of what each of them remembers, kept as they change. Shards
/// add up, so each partition has its own, and a segment of everybody is no hot spot. Not for several threads at once.
/// </summary>
/// <remarks>
/// Customers are tallied by what they have in common (<see cref="AtomTally"/>): a turn changes one place however many
/// segments the customer is in. Combinations beyond <see cref="MaxAtoms"/> are tallied segment by segment.
/// </remarks>
public sealed class SegmentTallies
{
    /// <summary>Combinations of segments and consents that have a tally of their own.</summary>
    public const int MaxAtoms = 1_024;

    private readonly Dictionary<byte[], AtomTally> _atoms;
    private readonly Dictionary<byte[], AtomTally>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private readonly MoveTally[] _moves;
    private readonly MemberSample[] _samples; // the last one of everybody
    private readonly SegmentStanding _standing;
    private readonly OverflowTally _overflow;

    /// <summary>Tallies of nobody.</summary>
    public SegmentTallies(TwinPlan plan)
    {
        Plan = plan;
        var segments = plan.Segmentation.Segments.Count;
        _atoms = new Dictionary<byte[], AtomTally>(ByBytes.Instance);
        _byKey = _atoms.GetAlternateLookup<ReadOnlySpan<byte>>();
        _moves = [.. Enumerable.Range(0, segments).Select(static _ => new MoveTally())];
        _samples = [.. Enumerable.Range(0, segments + 1).Select(static _ => new MemberSample())];
        _standing = new SegmentStanding(plan.Segmentation);
        _overflow = new OverflowTally(plan.Segmentation);
    }

    /// <summary>The definition they are of; customers evaluated under another are not counted.</summary>
    public TwinPlan Plan { get; }

    /// <summary>Whether a sample is smaller than it might be, as too many have left: a recount fills it.</summary>
    public bool WantsRecount => Array.Exists(_samples, static sample => sample.IsShort);

    /// <summary>A customer's share changed; the default share is that of one who has none.</summary>
    /// <exception cref="InvalidDataException">A share is not one of the plan.</exception>
    public void Apply(string customer, SegmentShare before, SegmentShare after)
    {
        if (before.IsSame(after)) return;
        var (was, stays) = (Counts(before), Counts(after));
        if (was && stays && before.Key.SequenceEqual(after.Key))
        {
            Change(customer, before, after);
            return;
        }
        if (was) Add(customer, before, -1);
        if (stays) Add(customer, after, 1);
    }

    /// <summary>Adds all of another shard of the same plan.</summary>
    /// <exception cref="ArgumentException">It is of another plan.</exception>
    public void Add(SegmentTallies shard)
    {
        if (shard.Plan.Hash != Plan.Hash)
            throw new ArgumentException("Tallies of two plans do not add.", nameof(shard));
        foreach (var (key, atom) in shard._atoms)
        {
            if (!_atoms.TryGetValue(key, out var own)) _atoms.Add(key, own = new AtomTally(Plan.Segmentation, key));
            own.Add(atom);
        }
        _overflow.Add(shard._overflow);
        for (var i = 0; i < _moves.Length; i++) _moves[i].Add(shard._moves[i]);
        for (var i = 0; i < _samples.Length; i++) _samples[i].Add(shard._samples[i]);
    }

    /// <summary>The tally of a segment, of what may serve its purpose.</summary>
    /// <param name="segment">Its slot.</param>
    public SegmentTally OfSegment(int segment) => Of(
        Plan.Segmentation.Segments[segment].Purpose, mask => mask.Has(segment), segment);

    /// <summary>The tally of everybody, of what may serve a purpose of segments.</summary>
    /// <param name="purpose">Slot of the purpose.</param>
    public SegmentTally OfEverybody(int purpose) => Of(purpose, static _ => true, OverflowTally.Everybody);

    /// <summary>
    /// The tally of a set made of segments: of the customers whose memberships fit. Null where there are so many
    /// combinations of segments that the sets of some customers are not known one by one.
    /// </summary>
    /// <param name="purpose">Slot of the purpose, one that segments serve.</param>
    /// <param name="isIn">Whether a customer with these memberships is in the set.</param>
    public SegmentTally? OfSet(int purpose, Func<SegmentMask, bool> isIn) =>
        _overflow.IsEmpty ? Of(purpose, isIn, OverflowTally.Nobody) : null;

    /// <summary>Customers that are in both of two segments; of one twice, its size.</summary>
    public long Overlap(int one, int other)
    {
        var size = _overflow.Overlap(one, other);
        foreach (var atom in _atoms.Values)
        {
            if (atom.Members.Has(one) && atom.Members.Has(other)) size += atom.Size;
        }
        return size;
    }

    /// <summary>Entries and exits of a segment up to a moment.</summary>
    public SegmentMoves Moves(int segment, Instant now) =>
        _moves[segment].Read(_moves[segment].Entries - Overlap(segment, segment), now);

    /// <summary>Members with the smallest hashes, at most <see cref="SampleSize"/>.</summary>
    public IReadOnlyList<string> Sample(int segment) => _samples[segment].Read();

    /// <summary>The same of everybody.</summary>
    public IReadOnlyList<string> SampleOfEverybody() => _samples[^1].Read();

    /// <summary>Members that a sample shows at most.</summary>
    public const int SampleSize = MemberSample.Size;

    private bool Counts(SegmentShare share) => share.IsCounted && share.PlanHash == Plan.Hash;

    private SegmentTally Of(int purpose, Func<SegmentMask, bool> isIn, int overflow)
    {
        var tally = new SegmentTally(Plan, purpose);
        foreach (var atom in _atoms.Values)
        {
            if (isIn(atom.Members)) tally.Add(atom);
        }
        foreach (var atom in _overflow.Of(overflow)) tally.Add(atom);
        return tally;
    }

    private void Change(string customer, SegmentShare before, SegmentShare after)
    {
        if (TryAtomOf(after.Key, out var atom)) atom.Change(before, after);
        else _overflow.Change(before, after);
        if (before.Past.SequenceEqual(after.Past)) return;
        AddPast(customer, before, atom, -1, hasMoved: false);
        AddPast(customer, after, atom, 1, hasMoved: false);
    }

    private void Add(string customer, SegmentShare share, int sign)
    {
        if (TryAtomOf(share.Key, out var atom)) atom.Add(share, sign);
        else _overflow.Add(share, sign);
        AddPast(customer, share, atom, sign, hasMoved: true);
    }

    private void AddPast(string customer, SegmentShare share, AtomTally? atom, int sign, bool hasMoved)
    {
        SegmentForm.Read(share, _standing);
        for (var i = 0; i < _moves.Length; i++) _moves[i].Entries += sign * _standing.Entries[i];
        foreach (var move in _standing.Moves) _moves[move.Segment].Add(move, sign);
        foreach (var flow in _standing.Flows)
        {
            if (atom is not null) atom.Flows.Add(flow, sign);
            else _overflow.Add(share.Key, flow, sign);
        }
        if (!hasMoved) return;
        for (var i = _standing.Members.Next(0); i >= 0; i = _standing.Members.Next(i + 1)) Sample(i, customer, sign);
        Sample(_samples.Length - 1, customer, sign);
    }

    private void Sample(int sample, string customer, int sign)
    {
        if (sign > 0) _samples[sample].Add(customer);
        else _samples[sample].Remove(customer);
    }

    // A combination is tallied one way or the other for ever: none is let go of.
    private bool TryAtomOf(ReadOnlySpan<byte> key, [NotNullWhen(true)] out AtomTally? atom)
    {
        if (_byKey.TryGetValue(key, out atom)) return true;
        if (_atoms.Count >= MaxAtoms) return false;
        atom = new AtomTally(Plan.Segmentation, key.ToArray());
        _atoms.Add(atom.Key, atom);
        return true;
    }

    private sealed class ByBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByBytes Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => unchecked((int)StableHash.Of(alternate));

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
