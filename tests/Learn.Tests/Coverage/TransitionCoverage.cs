using System.Text;
using DToC.Learn.Transitions;
using DToC.Twin;
using DToC.Twin.Draws;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Coverage;

/// <summary>
/// Customers of twenty groups go from state to state by probabilities, and after times, that are other ones each
/// group. A forecast is fitted to what sixty members did in half a year. For other members then intervals are compared
/// with the probabilities by which their group goes on.
/// </summary>
internal sealed class TransitionCoverage
{
    private const int HorizonDays = 14;
    private const int Groups = 20;
    private const int Fitted = 60;
    private const double Span = 180;

    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    private readonly TransitionSubject _subject;
    private readonly Func<int, int, bool> _canFollow;
    private readonly Func<List<(int Type, long AtMs)>, JourneyPlan, IEnumerable<Spell>> _spells;

    private TransitionCoverage(
        TransitionSubject subject, Func<int, int, bool> canFollow,
        Func<List<(int Type, long AtMs)>, JourneyPlan, IEnumerable<Spell>> spells) =>
        (_subject, _canFollow, _spells) = (subject, canFollow, spells);

    /// <summary>Of events: any may follow on any, and is seen as it happens.</summary>
    public static TransitionCoverage Events { get; } = new(
        TransitionSubject.Events, (_, _) => true, (path, _) => Spell.OfEvents(path, Ms(Span)));

    /// <summary>
    /// Of stages: only the next two of a round may follow, and the stage is told by a journey out of events named for
    /// the stage they lead to.
    /// </summary>
    public static TransitionCoverage Stages { get; } = new(
        TransitionSubject.Stages, (i, j) => (j - i + Names.Length) % Names.Length is 1 or 2,
        (path, journey) => Spell.OfStages(journey, path, Ms(Span)));

    private delegate CoverageShare Ask(
        Func<string?, TransitionForecast> model, Truth truth, (int State, double Waited) now, Xoshiro256 random);

    /// <summary>The probability that a state drawn of those that may follow comes next, within two weeks.</summary>
    public CoverageShare OfNext(ulong seed, int customers) => Of(seed, customers, (model, truth, now, random) =>
    {
        var next = truth.Next[now.State];
        var target = random.Index([.. next.Select(share => share > 0 ? 1.0 : 0)]);
        return Compare(
            model(Names[target]), now, next[target] * truth.Waits[now.State].Within(now.Waited, HorizonDays));
    });

    /// <summary>The probability that anything comes within two weeks.</summary>
    public CoverageShare OfAny(ulong seed, int customers) => Of(seed, customers, (model, truth, now, _) =>
        Compare(model(null), now, truth.Waits[now.State].Within(now.Waited, HorizonDays)));

    /// <summary>
    /// When the next comes: a range of the single outcome, so the truth is a time drawn from the group's.
    /// </summary>
    public CoverageShare OfWhen(ulong seed, int customers) => Of(seed, customers, (model, truth, now, random) =>
    {
        var days = truth.Waits[now.State].QuantileAfter(now.Waited, random.NextOpen());
        return model(null).When([NameCode.Of(Names[now.State]), now.Waited], CoverageShare.Level) is { } range
            ? CoverageShare.Of(range.Low <= days && days <= range.High)
            : default;
    });

    // What nobody was seen in has no forecast.
    private static CoverageShare Compare(TransitionForecast model, (int State, double Waited) now, double truth) =>
        model.IntervalOf([NameCode.Of(Names[now.State]), now.Waited], CoverageShare.Level) is { } interval
            ? CoverageShare.Of(interval, truth)
            : default;

    private CoverageShare Of(ulong seed, int customers, Ask ask)
    {
        var (random, journey) = (new Xoshiro256(seed), Journey());
        var sum = default(CoverageShare);
        for (var group = 0; group < Groups; group++)
        {
            var truth = new Truth(random, _canFollow);
            var seen = new List<Spell>();
            for (var i = 0; i < Fitted; i++) seen.AddRange(_spells(truth.Path(random), journey));
            var fit = TransitionFit.Of(_subject, ["now", "days"], Names, seen, _canFollow, HorizonDays);
            for (var i = group; i < customers; i += Groups)
            {
                var (now, since) = truth.Path(random)[^1];
                sum += ask(
                    target => new TransitionForecast(_subject, fit.Inputs, Names, fit.Rows, HorizonDays, target),
                    truth, (now, Span - since / (double)Instant.DayMs), random);
            }
        }
        return sum;
    }

    private static long Ms(double days) => (long)(days * Instant.DayMs);

    private static JourneyPlan Journey()
    {
        var stages = string.Join(',', Names.Select(name => $"\"{name}\": {{}}"));
        var moves = string.Join(',', Names.Select(name => $"{{ \"on\": \"to {name}\", \"to\": \"{name}\" }}"));
        var events = string.Join(',', Names.Select(name => $"\"to {name}\": {{ \"category\": \"all\" }}"));
        var definition = $$"""
            {
              "name": "round", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["analytics"],
              "categories": { "all": { "retentionDays": 365, "bases": { "analytics": "contract" } } },
              "events": { {{events}} },
              "features": { "days": { "kind": "timeInStage" } },
              "journey": { "initial": "a", "stages": { {{stages}} }, "transitions": [{{moves}}] }
            }
            """;
        return TwinPlan.Load(Encoding.UTF8.GetBytes(definition), "round.jsonc") is PlanCompilation.Compiled compiled
            ? compiled.Plan.Fold.Journey
            : throw new InvalidOperationException("The journey does not compile.");
    }

    private sealed class Truth
    {
        public Truth(Xoshiro256 random, Func<int, int, bool> canFollow)
        {
            for (var i = 0; i < Names.Length; i++)
            {
                Next[i] = [.. Enumerable.Range(0, Names.Length)
                    .Select(j => canFollow(i, j) ? random.Gamma(1, 1) : 0)];
                var total = Next[i].Sum();
                for (var j = 0; j < Names.Length; j++) Next[i][j] /= total;
                Waits[i] = new WaitingTime(
                    random.NextUnit() < 0.5 ? WaitingFamily.Weibull : WaitingFamily.LogLogistic,
                    0.7 + 1.3 * random.NextUnit(), 8 + 25 * random.NextUnit(), new(2, [0, 0, 0, 0]));
            }
        }

        public double[][] Next { get; } = new double[Names.Length][];
        public WaitingTime[] Waits { get; } = new WaitingTime[Names.Length];

        public List<(int Type, long AtMs)> Path(Xoshiro256 random)
        {
            var (now, at) = ((int)(Names.Length * random.NextUnit()), 0.0);
            var path = new List<(int, long)>();
            while (at <= Span)
            {
                path.Add((now, Ms(at)));
                at += Waits[now].QuantileAfter(0, random.NextOpen());
                now = random.Index(Next[now]);
            }
            return path;
        }
    }
}
