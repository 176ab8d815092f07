using DToC.Twin.Models.Satisfaction;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace DToC.Learn.Satisfaction;

/// <summary>
/// Fits a <see cref="SatisfactionFilter"/> to the replies of many customers by maximum likelihood: each reply is
/// foretold from the same customer's earlier ones (the prediction error decomposition; A. Harvey, "Forecasting,
/// Structural Time Series Models and the Kalman Filter", 1989, section 3.4).
/// </summary>
public static class SatisfactionTraining
{
    /// <summary>Replies of a kind there must be for its map to be fitted.</summary>
    public const int MinReplies = 50;

    /// <summary>Customers who replied twice or more there must be.</summary>
    public const int MinRepeated = 30;

    private const int MaxIterations = 300;

    /// <summary>Fits a filter.</summary>
    /// <param name="customers">Replies of each customer, in any order.</param>
    /// <param name="reverts">Whether satisfaction comes back to the mean; else it wanders.</param>
    /// <param name="cancellation">Ends the search between two steps.</param>
    public static SatisfactionFit Of(
        IEnumerable<IReadOnlyList<SatisfactionReply>> customers, bool reverts = true,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(customers);
        var all = customers.ToList();
        foreach (var reply in all.SelectMany(c => c))
        {
            if (!IsInRange(reply))
                throw new ArgumentException($"{reply} is outside of its kind's range.", nameof(customers));
        }
        var kinds = Enum.GetValues<SatisfactionKind>()
            .Where(kind => all.Sum(c => c.Count(r => r.Kind == kind)) >= MinReplies).ToList();
        if (kinds.Count == 0)
            return new SatisfactionFit.NotIdentified($"No kind has {MinReplies} replies.");
        IReadOnlyList<SatisfactionReply>[] panel =
            [.. all.Select(c => c.Where(r => kinds.Contains(r.Kind)).OrderBy(r => r.AtMs).ToArray())];
        var repeated = panel.Count(c => c.Count > 1);
        if (repeated < MinRepeated)
        {
            return new SatisfactionFit.NotIdentified(
                $"{repeated} customers replied more than once; mood and noise are told apart from {MinRepeated} on.");
        }
        return Climb(new SatisfactionLikelihood(panel, kinds, reverts), kinds, cancellation);
    }

    private static SatisfactionFit Climb(
        SatisfactionLikelihood likelihood, List<SatisfactionKind> kinds, CancellationToken cancellation)
    {
        var (start, lower, upper) = likelihood.Search();
        var loss = ObjectiveFunction.Gradient(
            at =>
            {
                cancellation.ThrowIfCancellationRequested();
                return likelihood.Loss([.. at]);
            },
            at => Vector<double>.Build.Dense(likelihood.Gradient([.. at])));
        double[] found;
        try
        {
            found = [.. new BfgsBMinimizer(1e-6, 1e-8, 1e-10, MaxIterations)
                .FindMinimum(loss, Dense(lower), Dense(upper), Dense(start)).MinimizingPoint];
        }
        catch (OptimizationException why)
        {
            return new SatisfactionFit.NotIdentified($"The search for the greatest likelihood failed: {why.Message}");
        }
        return new SatisfactionFit.Fitted(
            likelihood.FilterOf(found), -likelihood.Loss(found) * likelihood.Replies,
            [.. Enum.GetValues<SatisfactionKind>().Except(kinds)]);

        static Vector<double> Dense(double[] values) => Vector<double>.Build.Dense(values);
    }

    private static bool IsInRange(SatisfactionReply reply)
    {
        var (worst, best) = SatisfactionRange.Of(reply.Kind);
        return reply.Value >= worst && reply.Value <= best;
    }
}
