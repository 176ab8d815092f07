using DToC.Learn.Pricing;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>
/// Everybody's purchases and what was taken off prices, to fit a <see cref="PromotionResponse"/> to. The feature it
/// reads is a ratio of sums: what was taken off, over what was paid. Events that add to the latter are purchases;
/// events that add to the former, often the same ones, say how deep the day's promotion is.
/// </summary>
internal sealed class PromotionReading : ISequenceReading
{
    private const int Unread = -1;

    private readonly Instant _until;
    private readonly Instant? _cut;
    private readonly int[] _paid;
    private readonly int[] _takenOff;
    private readonly PromotionHistory _whole = new();
    private readonly PromotionHistory _known = new();

    /// <param name="task">The model, which reads a ratio of two sums.</param>
    /// <param name="until">Where the past ends.</param>
    /// <param name="horizonMs">The horizon in ms, above 0.</param>
    /// <param name="cut">The moment to grade as of; null when the past is too short for one.</param>
    public PromotionReading(ModelTask task, Instant until, long horizonMs, Instant? cut)
    {
        (Task, _until, _cut, HorizonDays) = (task, until, cut, horizonMs / (double)Instant.DayMs);
        var (takenOff, paid) = task.Plan.Vector.Features[task.Inputs[0]].Ratio;
        (_paid, _takenOff) = (SignalsOf(task.Plan, paid), SignalsOf(task.Plan, takenOff));
    }

    /// <inheritdoc/>
    public ModelTask Task { get; }

    /// <inheritdoc/>
    public double HorizonDays { get; }

    /// <inheritdoc/>
    public long Rows => _whole.Purchases;

    /// <inheritdoc/>
    /// <remarks>None: what there is to foretell are a few weeks' sums, which customers' own rates make.</remarks>
    public int GradedRows => 0;

    /// <inheritdoc/>
    public string Words => "How often customers buy while prices are lower for all, and after; not graded.";

    /// <summary>Whether a feature is a ratio of two sums over events.</summary>
    public static bool CanRead(TwinPlan plan, FeatureRead feature) =>
        feature.Kind == FeatureKind.Ratio
        && SignalsOf(plan, feature.Ratio.Numerator).Any(signal => signal != Unread)
        && SignalsOf(plan, feature.Ratio.Denominator).Any(signal => signal != Unread);

    /// <inheritdoc/>
    public void Add(int customer, IReadOnlyList<TouchpointEvent> events)
    {
        foreach (var own in SequenceTrail.Apart(events))
        {
            List<TouchpointEvent> past = [.. own.Where(e => e.OccurredAt <= _until)];
            Add(_whole, past);
            if (_cut is { } cut) Add(_known, past.Where(e => e.OccurredAt <= cut));
        }
    }

    /// <inheritdoc/>
    public FittedModel FitWhole(CancellationToken cancellation) => Fit(_whole, cancellation);

    /// <inheritdoc/>
    public FittedModel FitKnown(CancellationToken cancellation) => Fit(_known, cancellation);

    /// <inheritdoc/>
    public Grade? GradeOf(PredictiveModel model) => null;

    private void Add(PromotionHistory history, IEnumerable<TouchpointEvent> own)
    {
        var days = new List<int>();
        foreach (var e in own)
        {
            var (paid, takenOff) = (Amount(e, _paid[e.Type]), Amount(e, _takenOff[e.Type]));
            if (paid <= 0 && takenOff <= 0) continue;
            var day = (int)Task.Plan.Fold.LocalTime.Day(e.OccurredAt);
            history.AddValue(day, paid, takenOff);
            // A clock that was put back may have a day come before the one before.
            if (paid > 0) days.Add(days.Count > 0 ? Math.Max(day, days[^1]) : day);
        }
        history.AddCustomer(days);
    }

    // One that is missing is far below 0, and so may be what was given back.
    private double Amount(TouchpointEvent e, int signal) => signal == Unread || e.Numbers[signal] <= 0
        ? 0
        : e.Numbers[signal] / (double)Task.Plan.Events.Types[e.Type].Scales[signal];

    // Which signal of each event type a sum reads.
    private static int[] SignalsOf(TwinPlan plan, int slot)
    {
        var feature = plan.Vector.Features[slot];
        FoldOp? op = feature.Kind switch
        {
            FeatureKind.Sum => FoldOp.Sum,
            FeatureKind.DecayedSum => FoldOp.DecayedSum,
            _ => null,
        };
        return
        [
            .. plan.Fold.Commutative.Select(steps =>
            {
                foreach (var step in steps)
                {
                    if (step.Op == op && step.At == feature.At) return step.Signal;
                }
                return Unread;
            }),
        ];
    }

    private FittedModel Fit(PromotionHistory history, CancellationToken cancellation)
    {
        var fit = ModelFit.Expect(Task.Name, PromotionFit.Of(Task.InputNames[0], history, cancellation));
        var model = fit.Model;
        var measures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["logLikelihood"] = fit.LogLikelihood, ["lift"] = model.Lift, ["se.lift"] = model.LiftError,
            ["deepest"] = model.Deepest, ["usualFactor"] = model.UsualFactor,
        };
        List<string> limits = [SequenceTraining.KeptAlone, .. model.Limits];
        if (model is { PullForward: { } pull, PullForwardError: { } error })
            (measures["pullForward"], measures["se.pullForward"]) = (pull, error);
        else
            limits.Add("What share of the purchases won is missing later is not identified.");
        return new FittedModel(
            model, [InputRange.Unknown(Task.InputNames[0])], history.Purchases, measures, limits);
    }
}
