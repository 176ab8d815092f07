using DToC.Twin.Definitions;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;

namespace DToC.Twin.Simulation;

/// <summary>
/// One possible world: what nobody knows and all customers share, drawn once. Parameters of the models from their
/// covariance, assumptions around their values, shocks of demand week by week; and what each scenario makes of them.
/// It is a function of premises, scenarios, seed and index. Immutable; shared by all threads.
/// </summary>
public sealed class World
{
    private World(Premises premises, ScenarioSet scenarios, ulong seed, int index)
    {
        (Premises, Index) = (premises, index);
        Seed = StableHash.Combine(seed, (ulong)index);
        var draws = new WorldDraws(Seed);
        Purchases = premises.Purchases.Drawn(draws.Of("purchases"));
        Spend = draws.Spend(premises.Spend);
        Prices = draws.Prices(premises.Prices);
        Values = [.. premises.Assumed.Select(draws.Value)];
        CategoryElasticities = [.. premises.Categories.Select(draws.Elasticity)];
        OfferOrders = [.. premises.Offers.Select((offer, slot) => draws.OfferOrders(
            offer, premises.Plan.Decisions.Offers[slot].Name, Values[(int)AssumptionKind.OfferOrders]))];
        Stages = StageMoves.Draw(
            premises.NextStage, premises.Plan.Fold.Journey, premises.Simulation.Purchase?.Type ?? -1,
            draws.Of("stages"));
        var shocks = draws.Shocks(Values[(int)AssumptionKind.SharedShock], scenarios.Weeks);
        Scenarios = [.. scenarios.All.Select(scenario => new WorldScenario(this, scenario, scenarios.Weeks, shocks))];
    }

    /// <summary>Its number among the worlds of a seed.</summary>
    public int Index { get; }

    internal Premises Premises { get; }

    internal ulong Seed { get; }

    internal PurchaseForecast Purchases { get; }

    internal GammaGamma? Spend { get; }

    internal PriceSensitivity? Prices { get; }

    /// <summary>What is assumed, by kind; NaN of what nothing is said.</summary>
    internal double[] Values { get; }

    /// <summary>Mean elasticity of each category; NaN where all goods' own holds.</summary>
    internal double[] CategoryElasticities { get; }

    /// <summary>By slot of the offer: share of those taken that are an order in addition.</summary>
    internal double[] OfferOrders { get; }

    /// <summary>Moves through the journey that no order and no silence brings; null where no model says them.</summary>
    internal StageMoves? Stages { get; }

    internal WorldScenario[] Scenarios { get; }

    /// <summary>Draws a world.</summary>
    /// <param name="premises">What all worlds rest on.</param>
    /// <param name="scenarios">Baseline and scenarios, read under the same plan.</param>
    /// <param name="seed">Of all worlds.</param>
    /// <param name="index">Which of them, from 0.</param>
    public static World Draw(Premises premises, ScenarioSet scenarios, ulong seed, int index)
    {
        ArgumentNullException.ThrowIfNull(premises);
        ArgumentNullException.ThrowIfNull(scenarios);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new World(premises, scenarios, seed, index);
    }

    internal double ValueOf(AssumptionKind kind) => Values[(int)kind];
}
