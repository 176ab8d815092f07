using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// What the tallies must be, by brute force: every twin is read, its rules are evaluated and its values added up again,
/// one after the other, without any of what the tallies are made with.
/// </summary>
internal sealed class SegmentScan(TwinPlan plan)
{
    private readonly List<Member> _members = [];

    /// <summary>Twins that count.</summary>
    public int Size => _members.Count;

    /// <summary>Memberships there are.</summary>
    public long Memberships => _members.Sum(member => (long)member.Segments.Count);

    /// <summary>Moves of members that are remembered.</summary>
    public long Moves => _members.Sum(member => (long)member.Standing.Moves.Count);

    /// <summary>Takes a twin; one that was merged into another does not count.</summary>
    /// <returns>What is wrong with what it remembers.</returns>
    public IEnumerable<string> Take(string customer, CustomerActivation activation)
    {
        var (twin, standing) = (activation.Twin, activation.Segments);
        if (twin.MovedTo is not null) return standing.IsCounted ? [$"{customer} was merged, and counts."] : [];
        if (!standing.IsCounted) return [$"{customer} was never looked at."];
        var member = new Member(customer, standing, Vectors(twin, standing.At));
        _members.Add(member);
        return Wrong(member);
    }

    /// <summary>Whether a twin would be in a segment at a moment.</summary>
    public static bool IsIn(CustomerState twin, SegmentPlan segment, Instant at) => IsIn(Vectors(twin, at), segment);

    /// <summary>Where the tallies say something else.</summary>
    public IEnumerable<string> Differences(SegmentsReading reading)
    {
        if (!reading.IsComplete) return ["The tallies are not complete."];
        List<string> found = [];
        for (var i = 0; i < plan.Segments.Count; i++)
        {
            var segment = i;
            var members = _members.FindAll(member => member.Segments.Contains(segment));
            var name = plan.Segments[i].Name;
            Compare(found, name, members, reading.Tallies.OfSegment(i), plan.Segments[i].Purpose);
            Sample(found, name, members, reading.Sample(i));
            History(found, name, i, members.Count, reading.Moves(i));
            for (var k = 0; k < i; k++)
            {
                var (other, both) = (k, members.Count(member => member.Segments.Contains(k)));
                Same(found, $"{name} and {plan.Segments[other].Name}", both, reading.Tallies.Overlap(i, other));
            }
        }
        foreach (var purpose in plan.Segmentation.Purposes)
            Compare(found, "everybody", _members, reading.Tallies.OfEverybody(purpose), purpose);
        Sample(found, "everybody", _members, reading.SampleOfEverybody());
        return found;
    }

    private static Vectors Vectors(CustomerState twin, Instant at)
    {
        var vectors = new Vectors(twin.Plan);
        FeatureReader.Fill(vectors, twin, at);
        Scorer.ScoreAll(vectors);
        return vectors;
    }

    private static bool IsIn(Vectors vectors, SegmentPlan segment) =>
        (segment.Categories & ~vectors.Lawful[segment.Purpose]) == 0
        && segment.Rule.IsTrue(vectors.Numbers, vectors.Texts);

    private IEnumerable<string> Wrong(Member member)
    {
        for (var i = 0; i < plan.Segments.Count; i++)
        {
            if (member.Segments.Contains(i) != member.Standing.Members.Has(i))
                yield return $"{member.Customer} is {(member.Segments.Contains(i) ? "" : "not ")}in "
                    + $"{plan.Segments[i].Name}, and does not know it.";
        }
    }

    private void Compare(List<string> found, string name, List<Member> members, SegmentTally tally, int purpose)
    {
        Same(found, $"the size of {name}", members.Count, tally.Size);
        for (var i = 0; i < plan.Segmentation.Measures.Length; i++)
        {
            var measure = plan.Segmentation.Measures[i];
            var may = members.FindAll(m => (measure.Categories & ~m.Vectors.Lawful[purpose]) == 0);
            List<long> values = [.. may.Select(m => m.Value(i)).OfType<long>().Order()];
            var of = $"{measure.Name} of {name}";
            Same(found, $"withheld {of}", members.Count - may.Count, tally.Measures[i].Withheld);
            Same(found, $"missing {of}", may.Count - values.Count, tally.Measures[i].Missing);
            Same(found, $"count of {of}", values.Count, tally.Measures[i].Count);
            Same(found, $"sum of {of}", values.Sum(), (long)tally.Measures[i].SumOfUnits);
            var squares = values.Aggregate(Int128.Zero, (sum, v) => sum + (Int128)v * v);
            if (squares != tally.Measures[i].SquaresOfUnits) found.Add($"The squares of {of} are not the same.");
            Quantiles(found, of, values, tally.Measures[i]);
        }
        var stages = plan.Vector.TextCategories[VectorPlan.StageText];
        var seen = members.FindAll(m => (stages & ~m.Vectors.Lawful[purpose]) == 0);
        for (var stage = 0; stage < tally.Stages.Count; stage++)
            Same(found, $"stage {stage} of {name}", seen.Count(m => m.Standing.Stage == stage), tally.Stages[stage]);
        var flows = seen.SelectMany(m => m.Standing.Flows).ToList();
        Same(found, $"moves in {name}", flows.Sum(f => f.Count), tally.Flows.Sum(f => f.Count));
        Same(found, $"time stayed in {name}", flows.Sum(f => f.StayedMs), tally.Flows.Sum(f => f.StayedMs));
    }

    private static void Quantiles(List<string> found, string of, List<long> values, MeasureTally tally)
    {
        foreach (var q in (ReadOnlySpan<double>)[0, 0.1, 0.5, 0.9, 1])
        {
            var said = tally.Quantile(q) * tally.Plan.PerUnit;
            if (values.Count == 0)
            {
                if (!double.IsNaN(said)) found.Add($"Nobody has {of}, and a quantile of it is {said}.");
                continue;
            }
            var exact = values[(int)Math.Floor(q * (values.Count - 1))];
            if (Math.Abs(said - exact) > QuantileSketch.RelativeError * Math.Abs(exact) + 1e-9)
                found.Add($"The {q}-quantile of {of} is {exact}; the sketch says {said}.");
        }
    }

    private static void Sample(List<string> found, string name, List<Member> members, IReadOnlyList<string> sample)
    {
        Same(found, $"the sample of {name}", Math.Min(members.Count, SegmentTallies.SampleSize), sample.Count);
        foreach (var customer in sample)
        {
            if (!members.Exists(m => m.Customer == customer)) found.Add($"{customer} is no member of {name}.");
        }
    }

    private void History(List<string> found, string name, int segment, int size, SegmentMoves said)
    {
        var entries = _members.Sum(m => m.Standing.Entries[segment]);
        Same(found, $"entries of {name}", entries, said.Entries);
        Same(found, $"exits of {name}", entries - size, said.Exits);
        List<SegmentMove> moves = [.. _members.SelectMany(m => m.Standing.Moves).Where(m => m.Segment == segment)];
        foreach (var (counts, width) in new[] { (said.ByHour, Instant.HourMs), (said.ByDay, Instant.DayMs) })
        {
            foreach (var count in counts)
            {
                var within = moves.FindAll(m => m.At >= count.From && m.At < count.From.PlusMs(width));
                Same(found, $"entries of {name} from {count.From}", within.Count(m => m.IsEntry), count.Entries);
                Same(found, $"exits of {name} from {count.From}", within.Count(m => !m.IsEntry), count.Exits);
            }
        }
    }

    private static void Same(List<string> found, string what, long exact, long said)
    {
        if (exact != said) found.Add($"{what}: {exact} by brute force; the tallies say {said}.");
    }

    private sealed record Member(string Customer, SegmentStanding Standing, Vectors Vectors)
    {
        public HashSet<int> Segments { get; } =
        [
            .. Enumerable.Range(0, Vectors.Plan.Segments.Count).Where(i => IsIn(Vectors, Vectors.Plan.Segments[i])),
        ];

        /// <summary>What it contributes, rounded as the measure says; null for nothing.</summary>
        public long? Value(int measure)
        {
            var plan = Vectors.Plan.Segmentation.Measures[measure];
            if (plan.Kind == MeasureKind.SatisfactionTrend)
                return Standing.Values[measure] is var kept and not MeasurePlan.Missing ? kept : null;
            var value = plan.Kind == MeasureKind.ValueAtRisk
                ? Vectors.Plan.Segmentation.ValueAtRisk!.Evaluate(Vectors.Numbers, Vectors.Texts)
                : Vectors.Numbers[plan.Slot];
            return double.IsFinite(value) ? (long)Math.Round(value * plan.PerUnit) : null;
        }
    }
}
