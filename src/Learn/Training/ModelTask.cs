using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>A model of a definition as something to fit and to grade: what it may read, and what came true.</summary>
/// <param name="Plan">The plan it is of.</param>
/// <param name="Model">Its slot.</param>
/// <param name="Target">What it forecasts; null when nothing says what came true.</param>
/// <param name="Inputs">Slots of the features it reads, in order.</param>
public sealed record ModelTask(TwinPlan Plan, int Model, TargetPlan? Target, IReadOnlyList<int> Inputs)
{
    /// <summary>Name of the model.</summary>
    public string Name => Of.Name;

    /// <summary>The model in force.</summary>
    public ModelPlan Of => Plan.Models[Model];

    /// <summary>Whether it forecasts a probability.</summary>
    public bool IsProbability => Target is { Outcome: not TargetOutcome.Amount };

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> InputNames => [.. Inputs.Select(slot => Plan.Vector.NumberNames[slot])];

    /// <summary>
    /// Data categories that must be lawful for the model's purpose before a customer is learnt from: those of inputs,
    /// of the target and of who it is about.
    /// </summary>
    public ulong Categories
    {
        get
        {
            var categories = Of.Categories;
            foreach (var slot in Inputs) categories |= Plan.Vector.NumberCategories[slot];
            if (Target is not null) categories |= Plan.Vector.NumberCategories[Target.Feature];
            if (Target?.Among is not { } among) return categories;
            foreach (var slot in among.NumbersRead) categories |= Plan.Vector.NumberCategories[slot];
            foreach (var slot in among.TextsRead) categories |= Plan.Vector.TextCategories[slot];
            return categories;
        }
    }

    /// <summary>
    /// What a model forecasts: what the definition says, or of a count of purchases within a horizon just that; null
    /// when nothing says what came true.
    /// </summary>
    public static TargetPlan? TargetOf(TwinPlan plan, int model)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var of = plan.Models[model];
        if (of.Target is { } target) return target;
        if (of is not ModelPlan.OfModel { Model: PurchaseForecast { Question: var question } }) return null;
        TargetOutcome? outcome = question.Output switch
        {
            PurchaseOutput.ExpectedPurchases => TargetOutcome.Amount,
            PurchaseOutput.ProbabilityOfPurchase => TargetOutcome.Any,
            _ => null,
        };
        var days = question.Horizon * plan.Vector.Features[of.Reads[0]].UnitDays;
        return outcome is { } known && double.IsFinite(days)
            ? new TargetPlan(of.Reads[0], known, (long)(days * Instant.DayMs), Among: null)
            : null;
    }

    /// <summary>
    /// The features a model of a purpose may learn from when nobody says which: all that have a basis for the purpose
    /// in the definition, some way or other, and mean something alone.
    /// </summary>
    public static IReadOnlyList<int> AllowedInputs(TwinPlan plan, int model)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var purpose = plan.Models[model].Purpose;
        var possible = plan.Consent.Always[purpose] | plan.Consent.UntilObjected[purpose]
            | plan.Consent.WhileGranted[purpose];
        return [.. Enumerable.Range(0, plan.Vector.Features.Length)
            .Where(slot => !plan.Vector.Features[slot].IsCoded
                && (plan.Vector.NumberCategories[slot] & ~possible) == 0)];
    }
}
