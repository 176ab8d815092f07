using DToC.Learn.Affinity;
using DToC.Learn.Transitions;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Transitions;

namespace DToC.Learn.Training;

/// <summary>What followed on what until a moment, collected customer by customer, to fit a model to.</summary>
/// <param name="trail">What it is about.</param>
/// <param name="until">Where what is known ends.</param>
internal sealed class Sequences(SequenceTrail trail, Instant until)
{
    private readonly List<Spell> _spells = [];
    private readonly List<BasketCase> _baskets = [];

    /// <summary>Spells or baskets collected.</summary>
    public long Rows => _spells.Count + _baskets.Count;

    /// <summary>Adds the events of a customer's persona, in their order.</summary>
    public void Add(IEnumerable<TouchpointEvent> own)
    {
        if (trail.Kind != LearntKind.Affinity)
        {
            _spells.AddRange(Spell.OfEvents(trail.Moves(own, until), until.UnixMs));
            return;
        }
        var counts = new BasketTrail(trail.Feature.Operand, trail.Feature.HalfLifeMs);
        foreach (var (at, tokens) in trail.Baskets(own, until))
        {
            _baskets.Add(new BasketCase(counts.At(at), tokens));
            counts.Add(at, tokens);
        }
    }

    /// <summary>The model that fits what was collected, what it saw, and how well it fits.</summary>
    /// <exception cref="InvalidOperationException">There is too little; the message says why.</exception>
    public FittedModel Fit(double horizonDays)
    {
        var task = trail.Task;
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        try
        {
            if (trail.Kind == LearntKind.Affinity)
            {
                var (model, logLikelihood) = AffinityFit.Of(task.InputNames, _baskets);
                (measures["logLikelihood"], measures["strength"]) = (logLikelihood, model.Strength);
                return Made(model, Ranges(0, _baskets.Max(basket => basket.Before[0])));
            }
            var forecast = trail.Kind == LearntKind.NextEvent
                ? TransitionFit.Of(
                    TransitionSubject.Events, task.InputNames, trail.Names, _spells,
                    (from, to) => trail.IsRead(from) && trail.IsRead(to), horizonDays)
                : TransitionFit.Of(
                    TransitionSubject.Stages, task.InputNames, trail.Names, _spells, trail.CanFollow, horizonDays);
            return Made(forecast, Ranges(1, _spells.Max(spell => spell.Days)));
        }
        catch (ArgumentException tooLittle)
        {
            throw new InvalidOperationException(
                $"'{task.Name}' cannot be fitted: {ArgumentWords.Of(tooLittle)}", tooLittle);
        }

        FittedModel Made(PredictiveModel model, IReadOnlyList<InputRange> ranges) => new(
            model, ranges, Rows, measures, [SequenceTraining.KeptAlone]);
    }

    private List<InputRange> Ranges(int input, double most) =>
    [
        .. trail.Task.InputNames.Select((name, i) => i == input
            ? new InputRange(name, 0, most)
            : new InputRange(name, double.NaN, double.NaN)),
    ];
}
