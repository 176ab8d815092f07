using DToC.Learn.Satisfaction;
using DToC.Twin.Draws;
using DToC.Twin.Models.Satisfaction;

namespace DToC.Coverage;

/// <summary>
/// Customers whose satisfaction wanders around the mean for two years say now and then how they are, in whole points
/// and stars; a filter is fitted to the replies, and each customer's 90% interval on the last day is compared with
/// how they then were.
/// </summary>
internal static class SatisfactionCoverage
{
    private const double Reversion = 0.01;
    private const double Variance = 0.16;
    private const double Mean = 0.2;

    /// <summary>The experiment of one seed.</summary>
    public static CoverageShare Of(ulong seed, int customers)
    {
        var random = new Xoshiro256(seed);
        var truths = new double[customers];
        var panel = new List<SatisfactionReply>[customers];
        for (var i = 0; i < customers; i++) (panel[i], truths[i]) = Customer(random);
        if (SatisfactionTraining.Of(panel) is not SatisfactionFit.Fitted fitted)
            throw new InvalidOperationException("The generated replies do not identify the model.");
        var model = new SatisfactionModel(["mean", "variance", "days"], fitted.Filter);
        return CoverageShare.Of(
            model, panel.Zip(truths, (replies, truth) => (InputsOf(fitted.Filter, replies), truth)));
    }

    private static double[] InputsOf(SatisfactionFilter filter, List<SatisfactionReply> replies)
    {
        var state = default(SatisfactionState);
        foreach (var reply in replies) state = filter.Observe(state, reply.AtMs, reply.Kind, reply.Value);
        return state.HasAnswer
            ? [state.Mean, state.Variance, 730 - state.AtMs / 86_400_000.0]
            : [double.NaN, double.NaN, double.NaN];
    }

    private static (List<SatisfactionReply> Replies, double Truth) Customer(Xoshiro256 random)
    {
        var replies = new List<SatisfactionReply>();
        var now = Mean + Math.Sqrt(Variance) * random.Normal();
        var day = 0.0;
        while (true)
        {
            var wait = 120 * random.Exponential();
            var step = Math.Min(wait, 730 - day);
            var left = Math.Exp(-Reversion * step);
            now = Mean + left * (now - Mean) + Math.Sqrt(Variance * (1 - left * left)) * random.Normal();
            day += step;
            if (step < wait) return (replies, now);
            var kind = (SatisfactionKind)(int)(SatisfactionRange.Kinds * random.NextUnit());
            replies.Add(new SatisfactionReply((long)(day * 86_400_000), kind, Reply(kind, now, random)));
        }
    }

    private static double Reply(SatisfactionKind kind, double satisfaction, Xoshiro256 random)
    {
        var (worst, best) = SatisfactionRange.Of(kind);
        // Who reviews or writes is of stronger words than who ticks a box.
        var slope = kind is SatisfactionKind.Nps or SatisfactionKind.Csat ? 1 : 0.8;
        var said = slope * satisfaction + 0.25 * random.Normal();
        var value = (worst + best) / 2 + said * (best - worst) / 2;
        return Math.Clamp(kind == SatisfactionKind.Sentiment ? value : Math.Round(value), worst, best);
    }
}
