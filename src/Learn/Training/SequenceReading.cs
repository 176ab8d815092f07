using DToC.Learn.Affinity;
using DToC.Learn.Transitions;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Transitions;

namespace DToC.Learn.Training;

/// <summary>Somebody as of a moment, and what came next within a horizon.</summary>
/// <param name="Inputs">Code of what there was, and days since.</param>
/// <param name="Next">What came, by index; -1 when nothing did.</param>
/// <param name="Days">Days from the moment until it came; the horizon when nothing did.</param>
internal sealed record NextCase(double[] Inputs, int Next, double Days);

/// <summary>Somebody as of a moment who had bought before, and the next basket of those within a horizon.</summary>
/// <param name="Before">The numbers of the basket feature as of the moment.</param>
/// <param name="Tokens">What the next basket held, each token once.</param>
/// <param name="Own">All that own baskets had held with how many of them did, the most frequent first.</param>
/// <param name="Baskets">Own baskets so far.</param>
internal sealed record NextBasketCase(
    double[] Before, IReadOnlyList<string> Tokens, IReadOnlyList<(string Token, int Baskets)> Own, int Baskets);

/// <summary>
/// What is read for a model of what comes next: all until the end to fit on; and when it is to be graded, all until a
/// moment a horizon before the end, what came within the horizon behind that, and behind the one before.
/// </summary>
/// <param name="trail">What it is about.</param>
/// <param name="until">Where the past ends.</param>
/// <param name="horizonMs">The horizon in ms, above 0.</param>
/// <param name="cut">The moment to grade as of; null when the past is too short for one.</param>
internal sealed class SequenceReading(SequenceTrail trail, Instant until, long horizonMs, Instant? cut)
    : ISequenceReading
{
    private readonly Instant _before = (cut ?? until).PlusMs(-horizonMs);

    /// <summary>What it is about.</summary>
    public SequenceTrail Trail => trail;

    /// <inheritdoc/>
    public ModelTask Task => trail.Task;

    /// <inheritdoc/>
    public long Rows => Whole.Rows;

    /// <inheritdoc/>
    public string Words
    {
        get
        {
            var within = $"within {HorizonDays:0.#} days";
            var what = SequenceTask.ModelOf(Task.Plan, Task.Model) is TransitionForecast { Target: { } target }
                ? $"'{target}'"
                : "any";
            return trail.Kind switch
            {
                LearntKind.Affinity => $"What the next basket holds, of those who bought before and again {within}.",
                LearntKind.NextEvent =>
                    $"Which event comes next, and when; the value is whether {what} comes {within}.",
                _ => $"Which stage comes next, and when; the value is whether {what} comes {within}.",
            };
        }
    }

    /// <inheritdoc/>
    public double HorizonDays => horizonMs / (double)Instant.DayMs;

    /// <summary>All until the end.</summary>
    public Sequences Whole { get; } = new(trail, until);

    /// <summary>All that was known at the moment to grade as of.</summary>
    public Sequences Known { get; } = new(trail, cut ?? until);

    /// <summary>Everybody as of that moment, of events or stages.</summary>
    public List<NextCase> Graded { get; } = [];

    /// <summary>Everybody a horizon earlier: naive forecasts rest on what came then.</summary>
    public List<NextCase> Earlier { get; } = [];

    /// <summary>Those whose next basket came, of baskets.</summary>
    public List<NextBasketCase> Baskets { get; } = [];

    /// <summary>How many baskets held each token, as known at the moment.</summary>
    public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>How many baskets there were until the moment.</summary>
    public int BasketsKnown { get; private set; }

    /// <inheritdoc/>
    public int GradedRows => Graded.Count + Baskets.Count;

    /// <inheritdoc/>
    public FittedModel FitWhole(CancellationToken cancellation) => Whole.Fit(HorizonDays, cancellation);

    /// <inheritdoc/>
    public FittedModel FitKnown(CancellationToken cancellation) => Known.Fit(HorizonDays, cancellation);

    /// <inheritdoc/>
    public Grade? GradeOf(PredictiveModel model) => model switch
    {
        AffinityModel affinity when trail.Kind == LearntKind.Affinity => AffinityGrade.Of(affinity, this),
        TransitionForecast forecast when trail.Kind != LearntKind.Affinity => TransitionGrade.Of(forecast, this),
        _ => null,
    };

    /// <inheritdoc/>
    public void Add(int customer, IReadOnlyList<TouchpointEvent> events)
    {
        foreach (var own in SequenceTrail.Apart(events))
        {
            Whole.Add(customer, own);
            if (cut is not { } at) continue;
            Known.Add(customer, own);
            if (trail.Kind == LearntKind.Affinity)
            {
                AddBasket(own, at);
                continue;
            }
            if (CaseOf(own, _before) is { } earlier) Earlier.Add(earlier);
            if (CaseOf(own, at) is { } graded) Graded.Add(graded);
        }
    }

    private NextCase? CaseOf(IEnumerable<TouchpointEvent> own, Instant at)
    {
        var end = at.PlusMs(horizonMs);
        var moves = trail.Moves(own, end);
        var past = 0;
        while (past < moves.Count && moves[past].AtMs <= at.UnixMs) past++;
        if (past == 0) return null;
        var (type, since) = moves[past - 1];
        double[] inputs = [NameCode.Of(trail.Names[type]), Spell.DaysBetween(since, at.UnixMs)];
        return past == moves.Count
            ? new NextCase(inputs, -1, HorizonDays)
            : new NextCase(inputs, moves[past].Type, Spell.DaysBetween(at.UnixMs, moves[past].AtMs));
    }

    private void AddBasket(IEnumerable<TouchpointEvent> own, Instant at)
    {
        var counts = new BasketTrail(trail.Feature.Operand, trail.Feature.HalfLifeMs);
        var held = new Dictionary<string, (int Baskets, long LastMs)>(StringComparer.Ordinal);
        var baskets = 0;
        foreach (var (atMs, tokens) in trail.Baskets(own, until))
        {
            if (atMs > at.UnixMs)
            {
                if (baskets > 0) Baskets.Add(new NextBasketCase(counts.At(at.UnixMs), tokens, Ranked(held), baskets));
                return;
            }
            baskets++;
            BasketsKnown++;
            counts.Add(atMs, tokens);
            foreach (var token in tokens)
            {
                held[token] = (held.GetValueOrDefault(token).Baskets + 1, atMs);
                Counts[token] = Counts.GetValueOrDefault(token) + 1;
            }
        }
    }

    private static List<(string Token, int Baskets)> Ranked(
        Dictionary<string, (int Baskets, long LastMs)> held) =>
    [
        .. held.OrderByDescending(t => t.Value.Baskets).ThenByDescending(t => t.Value.LastMs)
            .ThenBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, t.Value.Baskets)),
    ];
}
