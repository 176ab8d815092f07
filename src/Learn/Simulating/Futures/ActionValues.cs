using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Predictions;
using DToC.Twin.State;
using Units = DToC.Twin.Simulation.Measures;

namespace DToC.Learn.Simulating.Futures;

/// <summary>
/// What each offer that could be made now comes to beside doing nothing, in the same worlds. In a world its propensity
/// and its value are drawn from what is known of the scores they read, and whether the customer responds is drawn with
/// that propensity: a response adds that value to the margin of the path. Offers are those that the decision rules
/// would make: with a legal basis, eligible, within the contact policy, and ranked above nothing.
/// </summary>
internal sealed class ActionValues(TwinPlan plan, FuturesRequest request, long[] baseline)
{
    private const ulong ResponseStream = 0x5265_7370_6F6E_7365;

    /// <summary>Doing nothing and the offers, the greatest mean value first.</summary>
    public List<ActionValue> Of(CustomerState state, string customer, Instant now)
    {
        var offers = Offers(state, customer, now);
        var wins = Wins(offers);
        List<ActionValue> values =
        [
            new ActionValue(
                null, null, [], null, null, Summary(baseline), null, null, (double)wins[^1] / baseline.Length),
        ];
        for (var i = 0; i < offers.Count; i++) values.Add(ValueOf(offers[i], customer, wins[i]));
        return [.. values.OrderByDescending(action => action.Value.Mean)];
    }

    private List<Drawn> Offers(CustomerState state, string customer, Instant now)
    {
        var decider = new TurnDecider(plan);
        List<Drawn> offers = [];
        for (var trigger = 0; trigger <= plan.Decisions.RequestSlot; trigger++)
        {
            decider.ReadAll(state, now, trigger, []);
            var (count, _) = decider.Decide(state, Decider.IsHeldOut(plan, customer));
            var name = plan.Decisions.TriggerName(trigger);
            Predictor? predictor = null;
            foreach (var candidate in decider.Candidates[..count])
            {
                if (candidate.Rejection is not (Rejection.None or Rejection.Outranked or Rejection.Holdout)) continue;
                if (offers.Find(known => known.Offer == candidate.Offer) is { } known)
                {
                    known.Triggers.Add(name);
                    continue;
                }
                predictor ??= new Predictor(decider.Vectors, baseline.Length);
                var offer = plan.Decisions.Offers[candidate.Offer];
                offers.Add(new Drawn(
                    candidate, [name], predictor.Draw(offer.Propensity), predictor.Draw(offer.Value)));
            }
        }
        return offers;
    }

    /// <summary>In how many worlds each gains most on average; of nothing the last.</summary>
    private int[] Wins(List<Drawn> offers)
    {
        var wins = new int[offers.Count + 1];
        for (var world = 0; world < baseline.Length; world++)
        {
            var (best, most) = (offers.Count, 0.0);
            for (var i = 0; i < offers.Count; i++)
            {
                if (offers[i].Expected(world) is var gain && gain > most) (best, most) = (i, gain);
            }
            wins[best]++;
        }
        return wins;
    }

    private ActionValue ValueOf(Drawn drawn, string customer, int wins)
    {
        var offer = plan.Decisions.Offers[drawn.Offer];
        var random = new Xoshiro256(1);
        var (value, gain) = (new long[baseline.Length], new long[baseline.Length]);
        var expected = new long[baseline.Length];
        var member = StableHash.Combine(StableHash.Of(customer), StableHash.Of(offer.Name, ResponseStream));
        for (var world = 0; world < baseline.Length; world++)
        {
            // A stream of its own for each offer and world: another offer, or another scenario, moves nothing.
            random.Reset(StableHash.Combine(StableHash.Combine(request.Seed, (ulong)world), member));
            var responds = random.NextUnit() < drawn.Propensity(world);
            gain[world] = responds ? Minor(drawn.Value(world)) : 0;
            value[world] = baseline[world] + gain[world];
            expected[world] = Minor(drawn.Expected(world));
        }
        return new ActionValue(
            offer.Name, plan.Decisions.Channels[offer.Channel].Name, drawn.Triggers, drawn.Candidate.Propensity,
            IntervalOf(drawn), Summary(value), Summary(gain), Summary(expected), (double)wins / baseline.Length);
    }

    private Interval? IntervalOf(Drawn drawn) => drawn.Propensities is { } draws
        ? Interval.Shortest([.. draws], request.Level).Including(drawn.Candidate.Propensity)
        : null;

    private WorldSummary Summary(long[] values) => WorldSummary.Of(values, 1 / Units.MinorPerUnit, request.Level);

    private static long Minor(double amount) => (long)Math.Round(amount * Units.MinorPerUnit);

    /// <summary>An offer with what it may come to.</summary>
    private sealed record Drawn(
        Candidate Candidate, List<string> Triggers, IReadOnlyList<double>? Propensities, IReadOnlyList<double>? Values)
    {
        public int Offer => Candidate.Offer;

        public double Propensity(int world) => Math.Clamp(Of(Propensities, world, Candidate.Propensity), 0, 1);

        public double Value(int world) => Of(Values, world, Candidate.Value);

        public double Expected(int world) => Propensity(world) * Value(world);

        // A draw of which nothing can be said leaves what is expected.
        private static double Of(IReadOnlyList<double>? draws, int world, double otherwise) =>
            draws is not null && double.IsFinite(draws[world]) ? draws[world] : otherwise;
    }
}
