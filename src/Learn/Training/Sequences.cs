using System.Text;
using DToC.Learn.Affinity;
using DToC.Learn.Transitions;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>What followed on what, collected customer by customer; each persona of one is somebody of its
/// own.</summary>
/// <param name="task">What is to be fitted: a model, and the slots it reads.</param>
/// <param name="kind">Affinity, or what comes next.</param>
/// <param name="until">Where what is known ends.</param>
internal sealed class Sequences(ModelTask task, LearntKind kind, Instant until)
{
    private readonly TwinPlan _plan = task.Plan;
    private readonly FeatureRead _feature = task.Plan.Vector.Features[task.Inputs[0]];
    private readonly int[] _signals = SignalsOf(task.Plan, task.Plan.Vector.Features[task.Inputs[0]]);
    private readonly List<Spell> _spells = [];
    private readonly List<BasketCase> _baskets = [];

    /// <summary>Spells or baskets collected.</summary>
    public long Rows => _spells.Count + _baskets.Count;

    private bool IsRead(int type) => _signals[type] != Unread;

    private const int Unread = int.MinValue;

    /// <summary>Adds a customer's events, in their order.</summary>
    public void Add(IReadOnlyList<TouchpointEvent> events)
    {
        foreach (var own in events.Where(e => e.OccurredAt <= until).GroupBy(e => e.Persona))
        {
            switch (kind)
            {
                case LearntKind.Affinity:
                    AddBaskets(own.Where(e => IsRead(e.Type)));
                    break;
                case LearntKind.NextEvent:
                    _spells.AddRange(Spell.OfEvents(
                        own.Where(e => IsRead(e.Type)).Select(e => (e.Type, e.OccurredAt.UnixMs)), until.UnixMs));
                    break;
                default:
                    _spells.AddRange(Spell.OfStages(
                        _plan.Fold.Journey, own.Select(e => (e.Type, e.OccurredAt.UnixMs)), until.UnixMs));
                    break;
            }
        }
    }

    /// <summary>The model that fits what was collected, what it saw, and how well it fits.</summary>
    /// <exception cref="InvalidOperationException">There is too little; the message says why.</exception>
    public (PredictiveModel Model, IReadOnlyList<InputRange> Ranges, IReadOnlyDictionary<string, double> Measures) Fit(
        double horizonDays)
    {
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        try
        {
            if (kind == LearntKind.Affinity)
            {
                var (model, logLikelihood) = AffinityFit.Of(task.InputNames, _baskets);
                (measures["logLikelihood"], measures["strength"]) = (logLikelihood, model.Strength);
                return (model, Ranges(0, _baskets.Max(basket => basket.Before[0])), measures);
            }
            var forecast = kind == LearntKind.NextEvent
                ? TransitionFit.Of(
                    TransitionSubject.Events, task.InputNames, [.. _plan.Events.Types.Select(type => type.Name)],
                    _spells, (from, to) => IsRead(from) && IsRead(to), horizonDays)
                : TransitionFit.Of(
                    TransitionSubject.Stages, task.InputNames, _plan.Fold.Journey.Stages, _spells, CanFollow,
                    horizonDays);
            return (forecast, Ranges(1, _spells.Max(spell => spell.Days)), measures);
        }
        catch (ArgumentException tooLittle)
        {
            throw new InvalidOperationException($"'{task.Name}' cannot be fitted: {tooLittle.Message}", tooLittle);
        }
    }

    private void AddBaskets(IEnumerable<TouchpointEvent> events)
    {
        var trail = new BasketTrail(_feature.Operand, _feature.HalfLifeMs);
        foreach (var e in events)
        {
            var tokens = e.Tokens.Where(token => token.Signal == _signals[e.Type])
                .Select(token => Encoding.UTF8.GetString(e.TokenBytes, token.Offset, token.Length))
                .ToHashSet(StringComparer.Ordinal);
            if (tokens.Count == 0) continue;
            _baskets.Add(new BasketCase(trail.At(e.OccurredAt.UnixMs), [.. tokens]));
            trail.Add(e.OccurredAt.UnixMs, tokens);
        }
    }

    private bool CanFollow(int from, int to)
    {
        var journey = _plan.Fold.Journey;
        if (from == to) return false;
        if (journey.IdleMs[from] != long.MaxValue && journey.IdleTo[from] == to) return true;
        for (var type = 0; type < _plan.Events.Types.Count; type++)
        {
            if (journey.Next[type * journey.Stages.Count + from] == to) return true;
        }
        return false;
    }

    private List<InputRange> Ranges(int input, double most) =>
    [
        .. task.InputNames.Select((name, i) => i == input
            ? new InputRange(name, 0, most)
            : new InputRange(name, double.NaN, double.NaN)),
    ];

    // Which signal of each event type the feature reads; -1 for the event as such.
    private static int[] SignalsOf(TwinPlan plan, FeatureRead feature) =>
    [
        .. plan.Fold.Ordered.Select(steps =>
        {
            foreach (var step in steps)
            {
                if (step.At == feature.At && step.Op is (FoldOp.Basket or FoldOp.LastEvent)) return step.Signal;
            }
            return Unread;
        }),
    ];
}
