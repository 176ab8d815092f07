using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Draws what is common to all customers of a world. Each thing has a stream of its own, named for it, so that what is
/// added or moved shifts nothing else.
/// </summary>
internal sealed class WorldDraws(ulong seed)
{
    private const int WeeksOfYear = 52;

    /// <summary>The stream of a thing.</summary>
    public Xoshiro256 Of(string thing) => new(StableHash.Combine(seed, StableHash.Of(thing)));

    /// <summary>A number that is taken for granted, as it may be.</summary>
    public double Value(AssumptionPlan plan) => Value(plan, ModelFields.Written(plan.Trait.Kind));

    /// <summary>Mean elasticity of a category of goods; NaN where that of all goods holds.</summary>
    public double Elasticity(PriceCategoryPlan category) => category.Elasticity is { } plan
        ? Value(plan, $"categories.{category.Name}")
        : double.NaN;

    /// <summary>Share of an offer's takings that are an order in addition.</summary>
    public double OfferOrders(OfferEffectPlan offer, string name, double ofAll) =>
        offer.Orders is { } plan ? Value(plan, $"offers.{name}") : ofAll;

    public GammaGamma? Spend(SpendParameters? spend)
    {
        if (spend?.Covariance is not { } covariance) return spend?.Model;
        Span<double> drawn = stackalloc double[covariance.Parameters];
        covariance.Draw([spend.Model.P, spend.Model.Q, spend.Model.V], Of("spend"), drawn);
        return AssumptionList.SpendOf(drawn, null).Model;
    }

    /// <summary>The same model around a mean as it may be.</summary>
    public PriceSensitivity? Prices(PriceSensitivity? prices)
    {
        if (prices is null) return null;
        Span<double> mean = stackalloc double[DemandSums.MaxRegressors];
        if (!prices.DrawMeanShift(Of("prices"), mean)) return prices;
        for (var i = 0; i < prices.Mean.Length; i++) mean[i] += prices.Mean[i];
        return new PriceSensitivity(
            prices.Inputs, mean[..prices.Mean.Length], prices.Covariance, prices.NoiseVariance);
    }

    /// <summary>
    /// Factors on demand by week, of mean 1: a random walk of the logarithm, so the further ahead, the less is known.
    /// </summary>
    /// <param name="deviation">Standard deviation of a year's change.</param>
    /// <param name="weeks">Weeks.</param>
    public double[] Shocks(double deviation, int weeks)
    {
        var (random, factors, log) = (Of("shocks"), new double[weeks], 0.0);
        var step = deviation / Math.Sqrt(WeeksOfYear);
        for (var week = 0; week < weeks; week++)
        {
            log += step * random.Normal() - step * step / 2;
            factors[week] = Math.Exp(log);
        }
        return factors;
    }

    private double Value(AssumptionPlan plan, string name) => plan.StandardError == 0
        ? plan.Value
        : Math.Clamp(plan.Value + plan.StandardError * Deviation(plan, name), plan.Trait.Least, plan.Trait.Most);

    // Of two that were estimated together, the one is drawn given the other's own draw.
    private double Deviation(AssumptionPlan plan, string name)
    {
        var own = Of(name).Normal();
        if (plan.Along is not { } along) return own;
        return along.Correlation * Of(ModelFields.Written(along.With)).Normal()
            + Math.Sqrt(1 - along.Correlation * along.Correlation) * own;
    }
}
