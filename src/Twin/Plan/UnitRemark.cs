using System.Globalization;
using DToC.Twin.Definitions;
using DToC.Twin.Models;

namespace DToC.Twin.Plan;

/// <summary>
/// Tells of a model in the place of a probability whose scores may be none, such as the margins of one that was
/// imported without its link. A remark and no refusal: what averages probabilities has no link by right.
/// </summary>
public static class UnitRemark
{
    // Averages of probabilities miss 1 by their rounding.
    private const double Rounding = 1e-6;

    /// <summary>The remark, a sentence; null when there is nothing to tell.</summary>
    /// <param name="plan">The plan in force.</param>
    /// <param name="slot">Slot of the model.</param>
    public static string? Of(TwinPlan plan, int slot)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var model = plan.Models[slot];
        if (!IsProbability(model) || model is not ModelPlan.OfModel { Model: var own }) return null;
        if (ScoreBounds.Of(own) is not { } bounds) return null;
        if (bounds is { Low: >= -Rounding, High: <= 1 + Rounding }) return null;
        var range = double.IsFinite(bounds.Low) && double.IsFinite(bounds.High)
            ? string.Create(CultureInfo.InvariantCulture, $" from {bounds.Low:G3} to {bounds.High:G3}")
            : "";
        return $"'{model.Name}' is to be a probability, and this model's scores may be any number{range}: "
            + "they are margins, or another unit; import it with the link that makes them probabilities.";
    }

    private static bool IsProbability(ModelPlan model) =>
        model.Unit == "probability" || model.Target is { Outcome: not TargetOutcome.Amount };
}
