using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>Looks which segments a customer is in, and what it contributes to them. Allocates nothing.</summary>
public static class SegmentEvaluation
{
    /// <summary>Evaluates a customer as of a moment.</summary>
    /// <param name="standing">What it remembers; changed in place.</param>
    /// <param name="state">The customer as such.</param>
    /// <param name="vectors">Every feature and score of the state as of <paramref name="now"/>.</param>
    /// <param name="now">The moment.</param>
    public static void Evaluate(SegmentStanding standing, CustomerState state, Vectors vectors, Instant now)
    {
        var plan = standing.Plan;
        for (var i = 0; i < plan.Segments.Count; i++)
            standing.Set(i, IsMember(plan.Segments[i], vectors), now);
        for (var i = 0; i < plan.Purposes.Length; i++)
            standing.Lawful[i] = vectors.Lawful[plan.Purposes[i]] & plan.Categories;
        var values = standing.NewContribution(vectors.HasStage ? FeatureReader.Stage(state, now).Stage : -1);
        var (measures, numbers) = (plan.Measures, vectors.Numbers);
        for (var i = 0; i < measures.Length; i++)
        {
            var measure = measures[i];
            values[i] = measure.Quantise(
                measure.IsRead ? numbers[measure.Slot] : Reckon(measure, standing, vectors, now));
        }
        (standing.At, standing.IsCounted, standing.IsEvaluated) = (now, true, true);
    }

    /// <summary>
    /// Whether a segment's rule holds, and all it rests on has a basis for the segment's purpose: else it is not
    /// joined.
    /// </summary>
    public static bool IsMember(SegmentPlan segment, Vectors vectors) =>
        (segment.Categories & ~vectors.Lawful[segment.Purpose]) == 0
        && segment.Rule.IsTrue(vectors.Numbers, vectors.Texts);

    /// <summary>
    /// When time alone may change a membership, were there no event; <see cref="Instant.Never"/> for not at all.
    /// </summary>
    public static Instant NextChange(SegmentationPlan plan, CustomerState state, Instant now)
    {
        var next = Instant.Never;
        for (var i = 0; i < plan.Segments.Count; i++)
            next = RuleTiming.Earlier(next, plan.Segments[i].Timing.NextChange(state, now, plan.TickMs));
        return next;
    }

    /// <summary>
    /// Notes how an event moved the customer through the journey, idle stages that gave way before it included.
    /// </summary>
    /// <param name="standing">What the customer remembers.</param>
    /// <param name="journey">The journey.</param>
    /// <param name="before">Stage, entered at and touched at before the event.</param>
    /// <param name="after">The same after it.</param>
    /// <param name="atMs">When the event occurred.</param>
    public static void NoteMove(
        SegmentStanding standing, JourneyPlan journey, ReadOnlySpan<long> before, ReadOnlySpan<long> after, long atMs)
    {
        var (stage, entered, touched) = ((int)before[0], before[1], before[2]);
        while (entered != Events.TouchpointEvent.Missing && journey.IdleMs[stage] <= atMs - touched)
        {
            var gaveWay = touched + journey.IdleMs[stage];
            standing.AddFlow(new StageFlow(stage, journey.IdleTo[stage], IsIdle: true, 1, gaveWay - entered));
            (stage, entered, touched) = (journey.IdleTo[stage], gaveWay, gaveWay);
        }
        if (after[0] == stage) return;
        var stayed = entered == Events.TouchpointEvent.Missing ? 0 : atMs - entered;
        standing.AddFlow(new StageFlow(stage, (int)after[0], IsIdle: false, 1, stayed));
    }

    private static double Reckon(MeasurePlan measure, SegmentStanding standing, Vectors vectors, Instant now) =>
        measure.Kind switch
        {
            MeasureKind.ValueAtRisk => standing.Plan.ValueAtRisk is { } rule
                && (measure.Categories & vectors.Unusable) == 0
                ? rule.Evaluate(vectors.Numbers, vectors.Texts) : double.NaN,
            MeasureKind.SatisfactionTrend => SatisfactionTrend.Next(
                ref standing.MeanSatisfaction, ref standing.MeanAt, vectors.Numbers[measure.Slot], now),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure.Kind, "It is read."),
        };
}
