using DToC.Twin.Definitions;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>What came true of a forecast: how a feature changed in the time after.</summary>
/// <param name="Feature">Slot of a feature that only grows.</param>
/// <param name="Outcome">What of its change is meant.</param>
/// <param name="HorizonMs">The time after, in ms.</param>
/// <param name="Among">Holds for those the forecast is about; null for all.</param>
public sealed record TargetPlan(int Feature, TargetOutcome Outcome, long HorizonMs, Expression? Among)
{
    /// <summary>What came true, given the feature at the forecast and at the end of the time after.</summary>
    public double Of(double before, double after)
    {
        var growth = (double.IsNaN(after) ? 0 : after) - (double.IsNaN(before) ? 0 : before);
        return Outcome switch
        {
            TargetOutcome.Any => growth > 0 ? 1 : 0,
            TargetOutcome.None => growth > 0 ? 0 : 1,
            _ => growth,
        };
    }
}
