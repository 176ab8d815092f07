using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>A number that a simulation rests on.</summary>
/// <param name="Name">Its name: <c>marginShare</c>, <c>purchases.alpha</c>, <c>categories.shoes.elasticity</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="StandardError">How sure it is; 0 where it is taken for certain.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Says">What it is, a sentence.</param>
/// <param name="Note">What it rests on; null when nothing is said.</param>
/// <param name="Least">Least value it may be given.</param>
/// <param name="Most">Greatest value it may be given.</param>
public sealed record Assumption(
    string Name, double Value, double StandardError, AssumptionSource Source, string Says, string? Note,
    double Least, double Most);

/// <summary>
/// All that a simulation rests on beside the members' own states: the models in force and what is assumed. Immutable;
/// shared by all threads.
/// </summary>
public sealed class Premises
{
    private Premises(TwinPlan plan, SimulationPlan simulation)
    {
        (Plan, Simulation) = (plan, simulation);
        Purchases = ModelOf<PurchaseForecast>(simulation.Purchases)
            ?? throw new ArgumentException("There is no model of purchases.", nameof(plan));
        Spend = ModelOf<SpendForecast>(simulation.Spend)?.Parameters;
        Prices = ModelOf<PriceSensitivity>(simulation.Prices);
        Satisfaction = ModelOf<SatisfactionModel>(simulation.Satisfaction);
        Affinity = ModelOf<AffinityModel>(simulation.Affinity);
        NextStage = ModelOf<TransitionForecast>(simulation.NextStage);
        Assumed = simulation.Assumptions;
        Categories = simulation.Categories;
        Offers = simulation.Offers;
        Assumptions = AssumptionList.Of(this);
    }

    /// <summary>The plan.</summary>
    public TwinPlan Plan { get; }

    /// <summary>What all of this rests on, in a fixed order.</summary>
    public IReadOnlyList<Assumption> Assumptions { get; private init; }

    internal SimulationPlan Simulation { get; }

    internal PurchaseForecast Purchases { get; private init; }

    internal SpendParameters? Spend { get; private init; }

    internal PriceSensitivity? Prices { get; private init; }

    internal SatisfactionModel? Satisfaction { get; }

    internal AffinityModel? Affinity { get; }

    internal TransitionForecast? NextStage { get; }

    internal IReadOnlyList<AssumptionPlan> Assumed { get; private init; }

    internal IReadOnlyList<PriceCategoryPlan> Categories { get; private init; }

    /// <summary>By slot of the offer.</summary>
    internal IReadOnlyList<OfferEffectPlan> Offers { get; private init; }

    /// <summary>What simulations under a plan rest on.</summary>
    /// <exception cref="ArgumentException">
    /// Nothing can be simulated under it; see <see cref="SimulationPlan.WhyNot"/>.
    /// </exception>
    public static Premises Of(TwinPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return SimulationPlan.WhyNot(plan) is { } why || plan.Simulation is not { } simulation
            ? throw new ArgumentException(SimulationPlan.WhyNot(plan), nameof(plan))
            : new Premises(plan, simulation);
    }

    /// <summary>
    /// The same with another value of one assumption; how sure it is stays. Worlds drawn of both are paired: what is
    /// drawn around the one is drawn around the other.
    /// </summary>
    /// <param name="index">Index in <see cref="Assumptions"/>.</param>
    /// <param name="value">The value; beyond its bounds it counts as the bound.</param>
    public Premises WithAssumption(int index, double value)
    {
        var assumption = Assumptions[index];
        return AssumptionList.With(this, index, Math.Clamp(value, assumption.Least, assumption.Most));
    }

    private Premises(Premises other)
    {
        (Plan, Simulation) = (other.Plan, other.Simulation);
        (Purchases, Spend, Prices) = (other.Purchases, other.Spend, other.Prices);
        (Satisfaction, Affinity, NextStage) = (other.Satisfaction, other.Affinity, other.NextStage);
        (Assumed, Categories, Offers) = (other.Assumed, other.Categories, other.Offers);
        Assumptions = other.Assumptions;
    }

    internal Premises With(PurchaseForecast purchases) => Listed(new Premises(this) { Purchases = purchases });

    internal Premises With(SpendParameters spend) => Listed(new Premises(this) { Spend = spend });

    internal Premises With(PriceSensitivity prices) => Listed(new Premises(this) { Prices = prices });

    internal Premises With(IReadOnlyList<AssumptionPlan> assumed) => Listed(new Premises(this) { Assumed = assumed });

    internal Premises With(IReadOnlyList<PriceCategoryPlan> categories) =>
        Listed(new Premises(this) { Categories = categories });

    internal Premises With(IReadOnlyList<OfferEffectPlan> offers) => Listed(new Premises(this) { Offers = offers });

    /// <summary>Whether a model was fitted to data, and not written by hand.</summary>
    internal bool IsFitted(int slot) => slot >= 0 && Plan.Models[slot].Fitted is not null;

    private static Premises Listed(Premises premises) =>
        new(premises) { Assumptions = AssumptionList.Of(premises) };

    private TModel? ModelOf<TModel>(int slot)
        where TModel : PredictiveModel => slot < 0 ? null : (Plan.Models[slot] as ModelPlan.OfModel)?.Model as TModel;
}
