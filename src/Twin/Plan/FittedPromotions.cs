using DToC.Twin.Definitions;
using DToC.Twin.Models.Pricing;

namespace DToC.Twin.Plan;

/// <summary>
/// What a fitted response to promotions says in the place of what the definition assumes: lift and pull-forward with
/// their errors, which go together, and the deepest promotion that was seen.
/// </summary>
/// <remarks>
/// Purchase rates are of a past with promotions in it, while lift is against a day without: one more promotion adds
/// exp(lift d) - 1 of the latter, which to first order is a lift less by the factor that past promotions had.
/// </remarks>
internal static class FittedPromotions
{
    /// <summary>Puts the numbers of a model in the place of the assumptions.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="plans">By kind; changed.</param>
    public static void Take(string name, PromotionResponse model, AssumptionPlan[] plans)
    {
        var note = $"Fitted as '{name}' to promotions of up to {model.Deepest:0.##}.";
        Put(AssumptionKind.PromotionLift, model.Lift / model.UsualFactor, model.LiftError / model.UsualFactor);
        // Where the past does not tell, what is stated stands.
        if (model is not { PullForward: { } pull, PullForwardError: { } error }) return;
        Put(AssumptionKind.PromotionPullForward, pull, error);
        Put(AssumptionKind.PromotionPullWeeks, model.PullWeeks, 0);
        var at = (int)AssumptionKind.PromotionPullForward;
        plans[at] = plans[at] with { Along = (AssumptionKind.PromotionLift, model.Correlation) };

        void Put(AssumptionKind kind, double value, double standardError) => plans[(int)kind] =
            new AssumptionPlan(AssumptionTrait.Of(kind), value, standardError, AssumptionSource.Fitted)
            {
                Note = note,
                IsSaid = true,
            };
    }

    /// <summary>What was observed, with the depths that the model saw in the place of those that are stated.</summary>
    public static IReadOnlyList<ObservedDefinition> Observed(
        PromotionResponse model, IReadOnlyList<ObservedDefinition> stated) =>
        [
            .. stated.Where(observed => observed.Measure != LeverMeasure.PromotionDepth),
            new ObservedDefinition(LeverMeasure.PromotionDepth, 0, model.Deepest),
        ];
}
