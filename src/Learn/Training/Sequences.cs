using DToC.Learn.Affinity;
using DToC.Learn.Transitions;
using DToC.Twin;
using DToC.Twin.Consent;
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
    private readonly Dictionary<string, (int Customers, int Last)> _buyers = new(StringComparer.Ordinal);
    private readonly ReachedBy _most = new();

    /// <summary>Spells or baskets collected.</summary>
    public long Rows => _spells.Count + _baskets.Count;

    /// <summary>Adds the events of a customer's persona, in their order.</summary>
    /// <param name="customer">The customer's number; all personas of one are added one after the other.</param>
    /// <param name="own">The events.</param>
    public void Add(int customer, IEnumerable<TouchpointEvent> own)
    {
        if (trail.Kind != LearntKind.Affinity)
        {
            foreach (var spell in Spell.OfEvents(trail.Moves(own, until), until.UnixMs))
            {
                _spells.Add(spell);
                _most.Add(customer, spell.Days);
            }
            return;
        }
        var counts = new BasketTrail(trail.Feature.Operand, trail.Feature.HalfLifeMs);
        foreach (var (at, tokens) in trail.Baskets(own, until))
        {
            _baskets.Add(new BasketCase(counts.At(at), tokens));
            _most.Add(customer, _baskets[^1].Before[0]);
            counts.Add(at, tokens);
            foreach (var token in tokens) Count(customer, token);
        }
    }

    /// <summary>The model that fits what was collected, what it saw, and how well it fits.</summary>
    /// <param name="horizonDays">Days ahead that are forecast.</param>
    /// <param name="cancellation">Ends the searches.</param>
    /// <exception cref="InvalidOperationException">There is too little; the message says why.</exception>
    public FittedModel Fit(double horizonDays, CancellationToken cancellation)
    {
        var task = trail.Task;
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        try
        {
            if (trail.Kind == LearntKind.Affinity)
            {
                var (model, logLikelihood) = AffinityFit.Of(
                    task.InputNames, _baskets, token: null, IsNamed, cancellation);
                (measures["logLikelihood"], measures["strength"]) = (logLikelihood, model.Strength);
                return Made(model, Ranges(0));
            }
            var forecast = trail.Kind == LearntKind.NextEvent
                ? TransitionFit.Of(
                    TransitionSubject.Events, task.InputNames, trail.Names, _spells,
                    (from, to) => trail.IsRead(from) && trail.IsRead(to), horizonDays, target: null, cancellation)
                : TransitionFit.Of(
                    TransitionSubject.Stages, task.InputNames, trail.Names, _spells, trail.CanFollow, horizonDays,
                    target: null, cancellation);
            return Made(forecast, Ranges(1));
        }
        catch (ArgumentException tooLittle)
        {
            throw new InvalidOperationException(
                $"'{task.Name}' cannot be fitted: {ArgumentWords.Of(tooLittle)}", tooLittle);
        }

        FittedModel Made(PredictiveModel model, IReadOnlyList<InputRange> ranges) => new(
            model, ranges, Rows, measures, [SequenceTraining.KeptAlone]);
    }

    private void Count(int customer, string token)
    {
        var (customers, last) = _buyers.GetValueOrDefault(token, (0, -1));
        if (last != customer) _buyers[token] = (customers + 1, customer);
    }

    // What one customer alone bought would tell of them for as long as the model is kept.
    private bool IsNamed(string token) => _buyers[token].Customers >= DisclosureLimit.LeastCustomers;

    private List<InputRange> Ranges(int input) =>
    [
        .. trail.Task.InputNames.Select((name, i) => i == input
            ? new InputRange(name, 0, _most.Value)
            : InputRange.Unknown(name)),
    ];
}
