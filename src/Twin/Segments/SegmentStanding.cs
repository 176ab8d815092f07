using System.Buffers;
using DToC.Twin.Plan;

namespace DToC.Twin.Segments;

/// <summary>
/// What a customer remembers of segments: which it is in and since when, what it has last contributed to their tallies,
/// and when to look again. Every tally is the sum of what committed customers remember, so it can be made anew of them.
/// Owned by one turn at a time and changed in place.
/// </summary>
/// <remarks>
/// It belongs to the customer as such: what is under a persona is tallied nowhere, as nothing may lead from one to the
/// other.
/// </remarks>
public sealed class SegmentStanding
{
    /// <summary>Entries and exits remembered with their times; the oldest fall out.</summary>
    public const int MaxMoves = 16;

    /// <summary>Pairs of journey stages remembered; further ones are not counted.</summary>
    public const int MaxFlows = 128;

    private readonly SegmentationPlan _plan;
    private readonly long[] _since;
    private readonly long[] _entries;
    private readonly List<SegmentMove> _moves = [];
    private readonly List<StageFlow> _flows = [];
    private readonly long[] _values;
    private Unread _unreadPast = new();
    private Unread _unreadContribution = new();
    private int _stage;
    private SegmentMask _members;
    private double _meanSatisfaction;
    private Instant _meanAt;

    /// <summary>One that nothing is known of.</summary>
    public SegmentStanding(SegmentationPlan plan)
    {
        _plan = plan;
        _since = new long[plan.Segments.Count];
        _entries = new long[plan.Segments.Count];
        Lawful = new ulong[plan.Purposes.Length];
        _values = new long[plan.Measures.Length];
        Clear();
    }

    /// <summary>The plan whose slots the arrays have.</summary>
    public SegmentationPlan Plan => _plan;

    /// <summary>Whether this stands in the tallies; not of one that was merged into another.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Whether it was evaluated under the plan in force.</summary>
    public bool IsEvaluated { get; set; }

    /// <summary>Segments it is in.</summary>
    public ref SegmentMask Members => ref _members;

    /// <summary>By segment: since when it is in, in ms; means nothing of those it is not in.</summary>
    public long[] Since => ReadPast()._since;

    /// <summary>By segment: how often it has entered.</summary>
    public long[] Entries => ReadPast()._entries;

    /// <summary>The last entries and exits, the oldest first; at most <see cref="MaxMoves"/>.</summary>
    public List<SegmentMove> Moves => ReadPast()._moves;

    /// <summary>Moves between journey stages; at most <see cref="MaxFlows"/> pairs.</summary>
    public List<StageFlow> Flows => ReadPast()._flows;

    /// <summary>By purpose of segments: data categories that were lawful for it, of those measures rest on.</summary>
    public ulong[] Lawful { get; }

    /// <summary>By measure: what it contributes; <see cref="MeasurePlan.Missing"/> for nothing.</summary>
    public long[] Values => ReadContribution()._values;

    /// <summary>Slot of the journey's stage; -1 where it is not to be used.</summary>
    public int Stage => ReadContribution()._stage;

    /// <summary>When it was evaluated.</summary>
    public Instant At { get; set; }

    /// <summary>The wake-up that it waits for; <see cref="Instant.Never"/> for none.</summary>
    public Instant WakeAt { get; set; }

    /// <summary>Mean satisfaction of late; NaN before the first score. See <see cref="SatisfactionTrend"/>.</summary>
    public ref double MeanSatisfaction => ref _meanSatisfaction;

    /// <summary>When the mean was carried on last.</summary>
    public ref Instant MeanAt => ref _meanAt;

    /// <summary>Memory for the parts of the stored form.</summary>
    internal ArrayBufferWriter<byte> Scratch => field ??= new ArrayBufferWriter<byte>(512);

    /// <summary>The stored form of the past, as long as nobody has asked for it; else empty.</summary>
    internal ReadOnlySpan<byte> UnreadPast => _unreadPast.Bytes;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        (IsCounted, IsEvaluated, _members, _stage) = (false, false, default, -1);
        Array.Clear(_since);
        Array.Clear(_entries);
        Array.Clear(Lawful);
        Array.Fill(_values, MeasurePlan.Missing);
        _moves.Clear();
        _flows.Clear();
        _unreadPast.Drop();
        _unreadContribution.Drop();
        (At, WakeAt) = (Instant.Never, Instant.Never);
        (_meanSatisfaction, _meanAt) = (double.NaN, Instant.Never);
    }

    /// <summary>Keeps stored forms, of which most turns want nothing.</summary>
    internal void LeaveUnread(ReadOnlySpan<byte> past, ReadOnlySpan<byte> contribution)
    {
        _unreadPast.Keep(past);
        _unreadContribution.Keep(contribution);
    }

    /// <summary>Another contribution takes the place of the last one: all of it is to be written.</summary>
    internal long[] NewContribution(int stage)
    {
        _unreadContribution.Drop();
        _stage = stage;
        return _values;
    }

    private SegmentStanding ReadPast()
    {
        var unread = _unreadPast.Take();
        if (!unread.IsEmpty) SegmentForm.ReadPast(unread, this);
        return this;
    }

    private SegmentStanding ReadContribution()
    {
        var unread = _unreadContribution.Take();
        if (!unread.IsEmpty) _stage = SegmentForm.ReadContribution(unread, _plan, _values);
        return this;
    }

    /// <summary>Says whether it is in a segment from now on, and remembers a change.</summary>
    public void Set(int segment, bool isIn, Instant now)
    {
        if (_members.Has(segment) == isIn) return;
        if (isIn)
        {
            _members.Add(segment);
            Since[segment] = now.UnixMs;
            Entries[segment]++;
        }
        else
        {
            _members.Remove(segment);
        }
        if (Moves.Count == MaxMoves) Moves.RemoveAt(0);
        Moves.Add(new SegmentMove(segment, isIn, now));
    }

    /// <summary>The time of the last entry to a segment that is remembered, in ms; -1 for none.</summary>
    internal long LastEntry(int segment)
    {
        for (var i = Moves.Count - 1; i >= 0; i--)
        {
            if (Moves[i].Segment == segment && Moves[i].IsEntry) return Moves[i].At.UnixMs;
        }
        return -1;
    }

    /// <summary>Adds a move between journey stages.</summary>
    public void AddFlow(in StageFlow flow)
    {
        for (var i = 0; i < Flows.Count; i++)
        {
            var known = Flows[i];
            if ((known.From, known.To, known.IsIdle) != (flow.From, flow.To, flow.IsIdle)) continue;
            Flows[i] = known with { Count = known.Count + flow.Count, StayedMs = known.StayedMs + flow.StayedMs };
            return;
        }
        if (Flows.Count < MaxFlows) Flows.Add(flow);
    }

    /// <summary>
    /// Forgets what rests on data categories that may not be kept any more: how often and when the customer was in the
    /// segments that read them, and its way through the journey.
    /// </summary>
    /// <param name="categories">The categories, a bit each.</param>
    /// <param name="vector">The plan's vectors, which say what the journey rests on.</param>
    public void Forget(ulong categories, VectorPlan vector)
    {
        for (var i = 0; i < _plan.Segments.Count; i++)
        {
            if ((_plan.Segments[i].Categories & categories) == 0) continue;
            _members.Remove(i);
            Entries[i] = 0;
            for (var k = Moves.Count - 1; k >= 0; k--)
            {
                if (Moves[k].Segment == i) Moves.RemoveAt(k);
            }
        }
        if ((vector.TextCategories[VectorPlan.StageText] & categories) != 0) Flows.Clear();
        if (_plan.TrendAt >= 0 && (_plan.Measures[_plan.TrendAt].Categories & categories) != 0)
            (_meanSatisfaction, _meanAt) = (double.NaN, Instant.Never);
    }

    /// <summary>
    /// Leaves every tally: the customer was merged into another, who stands for both. What it remembers of its segments
    /// it forgets, as it begins anew should they be split.
    /// </summary>
    public void Leave()
    {
        Clear();
        IsEvaluated = true;
    }

    /// <summary>
    /// Takes over what another definition's standing has of segments of the same name and journey stages of the same
    /// name; it is evaluated anew before it counts.
    /// </summary>
    public void MigrateFrom(SegmentStanding old, IReadOnlyList<string> oldStages, IReadOnlyList<string> stages)
    {
        for (var i = 0; i < old._plan.Segments.Count; i++)
        {
            var to = _plan.Find(old._plan.Segments[i].Name);
            if (to < 0) continue;
            (Since[to], Entries[to]) = (old.Since[i], old.Entries[i]);
            if (old._members.Has(i)) _members.Add(to);
        }
        foreach (var move in old.Moves)
        {
            var to = _plan.Find(old._plan.Segments[move.Segment].Name);
            if (to >= 0) Moves.Add(move with { Segment = to });
        }
        foreach (var flow in old.Flows)
        {
            var (from, to) = (IndexOf(stages, oldStages[flow.From]), IndexOf(stages, oldStages[flow.To]));
            if (from >= 0 && to >= 0) Flows.Add(flow with { From = from, To = to });
        }
        (_meanSatisfaction, _meanAt, WakeAt) = (old._meanSatisfaction, old._meanAt, old.WakeAt);
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name) return i;
        }
        return -1;
    }

    /// <summary>Bytes that were not read yet.</summary>
    private struct Unread()
    {
        private byte[] _bytes = [];
        private int _length;

        public readonly ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public void Keep(ReadOnlySpan<byte> bytes)
        {
            if (_bytes.Length < bytes.Length) _bytes = new byte[Math.Max(bytes.Length, 2 * _bytes.Length)];
            bytes.CopyTo(_bytes);
            _length = bytes.Length;
        }

        public ReadOnlySpan<byte> Take()
        {
            var bytes = Bytes;
            _length = 0;
            return bytes;
        }

        public void Drop() => _length = 0;
    }
}
