using DToC.Twin.Definitions;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>What simulations rest on, compiled. Slots of models are -1 where the definition names none.</summary>
public sealed record SimulationPlan
{
    /// <summary>Slot of the purpose it serves.</summary>
    public required int Purpose { get; init; }

    /// <summary>Slot of the model of purchases.</summary>
    public required int Purchases { get; init; }

    /// <summary>Slot of the model of spend.</summary>
    public required int Spend { get; init; }

    /// <summary>Slot of the model of price sensitivity.</summary>
    public required int Prices { get; init; }

    /// <summary>Slot of the model of satisfaction.</summary>
    public required int Satisfaction { get; init; }

    /// <summary>Slot of the model of affinity.</summary>
    public required int Affinity { get; init; }

    /// <summary>Slot of the model of the stage that comes next.</summary>
    public required int NextStage { get; init; }

    /// <summary>The event that a purchase is; null when the model does not read one history.</summary>
    public required SimulatedEventPlan? Purchase { get; init; }

    /// <summary>The event that a return is, or null.</summary>
    public required SimulatedEventPlan? Returned { get; init; }

    /// <summary>The event that a contact is, or null.</summary>
    public required SimulatedEventPlan? Contact { get; init; }

    /// <summary>The event that an answer to a survey is, or null.</summary>
    public required SimulatedEventPlan? Answered { get; init; }

    /// <summary>By slot of the offer: what comes of one that is taken.</summary>
    public required OfferEffectPlan[] Offers { get; init; }

    /// <summary>Days in a unit of time of the model of purchases.</summary>
    public required double UnitDays { get; init; }

    /// <summary>One a kind, in the order of <see cref="AssumptionKind"/>.</summary>
    public required AssumptionPlan[] Assumptions { get; init; }

    /// <summary>Categories of goods that have prices of their own.</summary>
    public required IReadOnlyList<PriceCategoryPlan> Categories { get; init; }

    /// <summary>What was observed of levers.</summary>
    public required IReadOnlyList<ObservedDefinition> Observed { get; init; }

    /// <summary>
    /// Whether the lift of a promotion is all it does to the number of orders: so it was fitted. One that is stated is
    /// beyond what the lower price does.
    /// </summary>
    public required bool IsLiftWhole { get; init; }

    /// <summary>Features that are read of a customer, in the order of their slots.</summary>
    public required int[] Features { get; init; }

    /// <summary>Models whose scores are read of a customer, in the order of evaluation.</summary>
    public required int[] Models { get; init; }

    /// <summary>By text slot: whether it is read.</summary>
    public required bool[] Texts { get; init; }

    /// <summary>Why nothing can be simulated with the models in force; null when it can. A sentence.</summary>
    public required string? Unusable { get; init; }

    /// <summary>Why nothing can be simulated under a plan, and what to do; null when it can.</summary>
    public static string? WhyNot(TwinPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Simulation is not { } simulation
            ? "The definition does not say what a simulation rests on. Add \"simulation\": { \"purpose\": ..., "
                + "\"purchases\": a model of kind bgnbd, \"assumptions\": { \"marginShare\": ... } }."
            : simulation.Unusable;
    }

    /// <summary>What was observed of a lever, or null.</summary>
    public ObservedDefinition? FindObserved(LeverMeasure measure)
    {
        foreach (var observed in Observed)
        {
            if (observed.Measure == measure) return observed;
        }
        return null;
    }
}

/// <summary>A number that is taken for granted, compiled.</summary>
/// <param name="Trait">What may be assumed.</param>
/// <param name="Value">The number; NaN where nothing is said and nothing is neutral.</param>
/// <param name="StandardError">How sure it is; 0 for certain.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record AssumptionPlan(
    AssumptionTrait Trait, double Value, double StandardError, AssumptionSource Source)
{
    /// <summary>What it rests on, for people; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What it was estimated together with, and their correlation as estimates; null for nothing.</summary>
    public (AssumptionKind With, double Correlation)? Along { get; init; }

    /// <summary>Standard deviation over customers.</summary>
    public double Spread { get; init; }

    /// <summary>A customer's own value, or null.</summary>
    public Expression? Own { get; init; }

    /// <summary>Data categories that value rests on.</summary>
    public ulong Categories { get; init; }

    /// <summary>Whether the definition says it.</summary>
    public bool IsSaid { get; init; }
}

/// <summary>An event that is simulated.</summary>
/// <param name="Type">Slot of its type.</param>
/// <param name="Signal">Slot of the signal that is set; -1 for none.</param>
public sealed record SimulatedEventPlan(int Type, int Signal);

/// <summary>What comes of an offer that is taken.</summary>
/// <param name="Orders">Share that are an order which would not have come; null for what holds for all.</param>
/// <param name="Discount">Share taken off that order, or off the next one.</param>
/// <param name="Cost">What one that is taken costs, in the definition's currency.</param>
public sealed record OfferEffectPlan(AssumptionPlan? Orders, double Discount, double Cost)
{
    /// <summary>Of an offer that nothing is said of.</summary>
    public static OfferEffectPlan None { get; } = new(null, 0, 0);
}

/// <summary>A category of goods, compiled.</summary>
/// <param name="Name">Its name in scenarios.</param>
/// <param name="Share">Share of an order's pieces and amount.</param>
/// <param name="Elasticity">Of its pieces; null for what holds for all goods.</param>
public sealed record PriceCategoryPlan(string Name, double Share, AssumptionPlan? Elasticity);
