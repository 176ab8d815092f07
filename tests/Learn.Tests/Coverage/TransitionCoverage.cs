using System.Text;
using DToC.Learn.Transitions;
using DToC.Twin;
using DToC.Twin.Draws;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Coverage;

/// <summary>
/// Customers of twenty groups go from state to state by probabilities, and after times, that are other ones each group. A
/// forecast is fitted to what sixty members did in half a year, and for other members then the 90% interval of the
/// probability that a state drawn of those that may follow comes next within two weeks is compared with that probability.
/// </summary>
internal static class TransitionCoverage
{
    private const int HorizonDays = 14;
    private const int Groups = 20;
    private const int Fitted = 60;
    private const double Span = 180;

    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    /// <summary>Of events: any may follow on any, and is seen as it happens.</summary>
    public static CoverageShare OfEvents(ulong seed, int customers) => Of(
        seed, customers, TransitionSubject.Events, (_, _) => true, (path, _) => Spell.OfEvents(path, Ms(Span)));

    /// <summary>
    /// Of stages: only the next two of a round may follow, and the stage is told by a journey out of events named for
    /// the stage they lead to.
    /// </summary>
    public static CoverageShare OfStages(ulong seed, int customers) => Of(
        seed, customers, TransitionSubject.Stages, (i, j) => (j - i + Names.Length) % Names.Length is 1 or 2,
        (path, journey) => Spell.OfStages(journey, path, Ms(Span)));

    private static CoverageShare Of(
        ulong seed, int customers, TransitionSubject subject, Func<int, int, bool> canFollow,
        Func<List<(int Type, long AtMs)>, JourneyPlan, IEnumerable<Spell>> spells)
    {
        var (random, journey) = (new Xoshiro256(seed), Journey());
        var (held, asked) = (0, 0);
        for (var group = 0; group < Groups; group++)
        {
            var truth = new Truth(random, canFollow);
            var seen = new List<Spell>();
            for (var i = 0; i < Fitted; i++) seen.AddRange(spells(truth.Path(random), journey));
            var fit = TransitionFit.Of(subject, ["now", "days"], Names, seen, canFollow, HorizonDays);
            TransitionForecast[] models = [.. Names.Select(
                target => new TransitionForecast(subject, fit.Inputs, Names, fit.Rows, HorizonDays, target))];
            for (var i = group; i < customers; i += Groups)
            {
                var (now, since) = truth.Path(random)[^1];
                var waited = Span - since / (double)Instant.DayMs;
                var target = random.Index([.. truth.Next[now].Select(share => share > 0 ? 1.0 : 0)]);
                // What nobody was seen in has no forecast.
                if (models[target].IntervalOf([NameCode.Of(Names[now]), waited], 0.9) is not { } interval) continue;
                asked++;
                var value = truth.Next[now][target] * truth.Waits[now].Within(waited, HorizonDays);
                if (interval.Low <= value && value <= interval.High) held++;
            }
        }
        return new CoverageShare(held, asked);
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
