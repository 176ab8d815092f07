using DToC.Learn.Synthetic;
using DToC.Twin;

namespace DToC.Planted;

/// <summary>
/// What the customers of a shop spend in the weeks to come, as is expected of each by what only the generator knows:
/// their own rate, elasticity and way of leaving, and whether they left. What moves all of them is expected to be as
/// usual.
/// </summary>
/// <remarks>
/// By time t of lived weeks M(t) one with rate r who leaves with probability p after each order is expected to have
/// made (1 - exp(-r p M)) / p orders (P. Fader, B. Hardie, K. L. Lee, Marketing Science 24(2), 2005, section 3); of an
/// order the amount is the mean of the two lognormals that price and quantity are made of.
/// </remarks>
internal sealed class PlantedTruth
{
    private readonly Population _population;
    private readonly PropertySampler.Demand _demand;
    private readonly Distribution.LogNormal _price;

    /// <summary>The truth of a profile with further discounts.</summary>
    public PlantedTruth(PopulationProfile profile, params IReadOnlyList<DiscountPeriod> added)
    {
        _population = new Population(
            profile with { Discounts = [.. profile.Discounts, .. added], Shocks = null }, seed: 1);
        _demand = profile.Streams[0].Properties.OfType<PropertySampler.Demand>().Single();
        _price = (Distribution.LogNormal)_demand.Price;
    }

    /// <summary>What all spend from a day of the span to before another.</summary>
    /// <param name="truths">The customers.</param>
    /// <param name="priceFactor">Factor on all prices.</param>
    public double Revenue(IEnumerable<Truth> truths, int fromDay, int untilDay, double priceFactor = 1)
    {
        var from = Instant.From(_population.Profile.Start).PlusMs(fromDay * Instant.DayMs);
        return truths.Where(truth => truth.ChurnedAt is not { } left || left >= from)
            .Sum(truth => Revenue(truth, fromDay, untilDay, priceFactor));
    }

    private double Revenue(Truth truth, int fromDay, int untilDay, double priceFactor)
    {
        var weeks = _population.ExpectedByDay(0, truth.PriceSensitivity);
        var leaves = truth.DropoutProbability ?? throw new InvalidOperationException("Nobody leaves this shop.");
        var (lived, before, revenue) = (0.0, 0.0, 0.0);
        for (var day = fromDay; day < untilDay; day++)
        {
            lived += weeks[day];
            var orders = (1 - Math.Exp(-truth.RatePerWeek * leaves * lived)) / leaves;
            revenue += (orders - before) * Amount(truth, priceFactor * (1 - _population.DepthOn(day)));
            before = orders;
        }
        return revenue;
    }

    private double Amount(Truth truth, double priceFactor)
    {
        var (elasticity, appetite) = (LatentOf(truth, _demand.Elasticity), LatentOf(truth, "appetite"));
        var power = 1 + elasticity;
        var price = power * Math.Log(_price.Median) + power * power * _price.Sigma * _price.Sigma / 2;
        var usual = elasticity * Math.Log(_price.Mean);
        var quantity = Math.Log(_demand.Quantity) + appetite + _demand.Sigma * _demand.Sigma / 2;
        return Math.Exp(quantity + price - usual + power * Math.Log(priceFactor));
    }

    private static double LatentOf(Truth truth, string name) =>
        truth.Latents.Single(latent => latent.Key == name).Value;
}
