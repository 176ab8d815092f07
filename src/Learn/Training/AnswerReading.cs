using DToC.Learn.Satisfaction;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>
/// Answers of customers, to fit a <see cref="SatisfactionFilter"/> to. Graded are the answers of the horizon behind the
/// moment, each foretold from the same customer's answers before it and measured from the worst that could be said, at
/// -1, to the best, at 1.
/// </summary>
internal sealed class AnswerReading : ISequenceReading
{
    private readonly Instant _until;
    private readonly Instant? _cut;
    private readonly List<(int Signal, SatisfactionKind Kind)>[] _signals;
    private readonly List<IReadOnlyList<SatisfactionReply>> _whole = [];
    private readonly List<IReadOnlyList<SatisfactionReply>> _known = [];
    private readonly List<Answer> _graded = [];

    /// <summary>An answer to grade on.</summary>
    /// <param name="Before">The customer's answers until the moment, in their order.</param>
    private readonly record struct Answer(IReadOnlyList<SatisfactionReply> Before, SatisfactionReply Given);

    /// <param name="task">The model, which reads a latent level.</param>
    /// <param name="until">Where the past ends.</param>
    /// <param name="horizonMs">The horizon in ms, above 0.</param>
    /// <param name="cut">The moment to grade as of; null when the past is too short for one.</param>
    public AnswerReading(ModelTask task, Instant until, long horizonMs, Instant? cut)
    {
        (Task, _until, _cut, HorizonDays) = (task, until, cut, horizonMs / (double)Instant.DayMs);
        var feature = task.Plan.Vector.Features[task.Inputs[0]];
        _signals =
        [
            .. task.Plan.Fold.Ordered.Select(steps => steps
                .Where(step => step.Op == FoldOp.Level && step.At == feature.At)
                .Select(step => (step.Signal, (SatisfactionKind)step.Weight)).ToList()),
        ];
    }

    /// <inheritdoc/>
    public ModelTask Task { get; }

    /// <inheritdoc/>
    public double HorizonDays { get; }

    /// <inheritdoc/>
    public long Rows => _whole.Sum(customer => (long)customer.Count);

    /// <inheritdoc/>
    public int GradedRows => _graded.Count;

    /// <inheritdoc/>
    public string Words => $"What is answered within {HorizonDays:0.#} days, from -1 for the worst to 1 for the best.";

    // Whether satisfaction comes back to a mean is the definition's to say.
    private bool Reverts => Task.Plan.Definition.Features
        .First(feature => Task.InputNames[0].StartsWith(feature.Name + ".", StringComparison.Ordinal)
            && feature.Level is not null).Level is { ReversionPerDay: > 0 };

    /// <inheritdoc/>
    public void Add(int customer, IReadOnlyList<TouchpointEvent> events)
    {
        foreach (var own in SequenceTrail.Apart(events))
        {
            List<SatisfactionReply> all = [.. own.Where(e => e.OccurredAt <= _until).SelectMany(Replies)];
            if (all.Count > 0) _whole.Add(all);
            if (_cut is not { } cut) continue;
            List<SatisfactionReply> known = [.. all.Where(reply => reply.AtMs <= cut.UnixMs)];
            if (known.Count > 0) _known.Add(known);
            _graded.AddRange(all.Skip(known.Count).Select(reply => new Answer(known, reply)));
        }
    }

    /// <inheritdoc/>
    public FittedModel FitWhole(CancellationToken cancellation) => Fit(_whole, cancellation);

    /// <inheritdoc/>
    public FittedModel FitKnown(CancellationToken cancellation) => Fit(_known, cancellation);

    /// <inheritdoc/>
    public Grade? GradeOf(PredictiveModel model)
    {
        if (model is not SatisfactionModel { Filter: var filter }) return null;
        double[] came = [.. _graded.Select(answer => OnScale(answer.Given.Kind, answer.Given.Value))];
        var means = _known.SelectMany(customer => customer).GroupBy(reply => reply.Kind).ToDictionary(
            group => group.Key, group => group.Average(reply => OnScale(reply.Kind, reply.Value)));
        return new Grade(
            came.Length, Measured("model", answer => Foretold(filter, answer)),
            [
                Measured("everybody alike", answer => means.GetValueOrDefault(answer.Given.Kind)),
                Measured("the same again", answer => LastOf(answer) is { } last
                    ? OnScale(last.Kind, last.Value)
                    : means.GetValueOrDefault(answer.Given.Kind)),
            ], []);

        Forecaster Measured(string name, Func<Answer, double> forecast) =>
            Grade.OfAmounts(name, [.. _graded.Select(forecast)], came);
    }

    private static SatisfactionReply? LastOf(Answer answer)
    {
        for (var i = answer.Before.Count - 1; i >= 0; i--)
        {
            if (answer.Before[i].Kind == answer.Given.Kind) return answer.Before[i];
        }
        return null;
    }

    private static double Foretold(SatisfactionFilter filter, Answer answer)
    {
        var state = default(SatisfactionState);
        foreach (var (atMs, kind, value) in answer.Before) state = filter.Observe(state, atMs, kind, value);
        var (offset, slope, _) = filter.Answers[(int)answer.Given.Kind];
        return OnScale(answer.Given.Kind, offset + slope * filter.At(state, answer.Given.AtMs).Mean);
    }

    private static double OnScale(SatisfactionKind kind, double value)
    {
        var (worst, best) = SatisfactionRange.Of(kind);
        return (2 * value - worst - best) / (best - worst);
    }

    private IEnumerable<SatisfactionReply> Replies(TouchpointEvent e)
    {
        foreach (var (signal, kind) in _signals[e.Type])
        {
            if (e.Numbers[signal] == TouchpointEvent.Missing) continue;
            var value = e.Numbers[signal] / Task.Plan.Events.Types[e.Type].Scales[signal];
            var (worst, best) = SatisfactionRange.Of(kind);
            if (value >= worst && value <= best) yield return new SatisfactionReply(e.OccurredAt.UnixMs, kind, value);
        }
    }

    private FittedModel Fit(
        List<IReadOnlyList<SatisfactionReply>> customers, CancellationToken cancellation)
    {
        var outcome = SatisfactionTraining.Of(customers, Reverts, cancellation);
        if (outcome is SatisfactionFit.NotIdentified not)
            throw new InvalidOperationException($"'{Task.Name}' cannot be fitted: {not.Why}");
        var (filter, logLikelihood, assumed) = (SatisfactionFit.Fitted)outcome;
        var measures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["logLikelihood"] = logLikelihood, ["customers"] = customers.Count, ["mean"] = filter.Mean,
            ["variance"] = filter.Variance, ["driftPerDay"] = filter.DriftPerDay,
            ["reversionPerDay"] = filter.ReversionPerDay,
        };
        List<string> limits = [SequenceTraining.KeptAlone];
        foreach (var kind in assumed.Intersect(_signals.SelectMany(type => type).Select(signal => signal.Kind)))
        {
            limits.Add($"Answers of {ModelFields.Written(kind)} are fewer than {SatisfactionTraining.MinReplies}: how "
                + "they follow from satisfaction is assumed.");
        }
        return new FittedModel(
            new SatisfactionModel(Task.InputNames, filter),
            [.. Task.InputNames.Select(InputRange.Unknown)],
            customers.Sum(customer => (long)customer.Count), measures, limits);
    }
}
