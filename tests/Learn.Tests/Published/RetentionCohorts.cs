using DToC.Learn.CustomerBase;

namespace DToC.Published;

/// <summary>Two cohorts of 1,000 contracts over seven renewals (Fader and Hardie 2007).</summary>
internal static class RetentionCohorts
{
    private const string Model = "sBG contractual retention, 7 renewals of 1,000";

    /// <summary>The renewals of a cohort: <c>highend</c> or <c>regular</c>.</summary>
    public static RenewalCounts Counts(DataFolder folder, string cohort) => RenewalCounts.OfCohort(
        1_000, GoldenVectors.Numbers(GoldenVectors.Of(folder, Model), $"{cohort}_lost"));

    /// <summary>
    /// Log-likelihoods of the shifted-beta-geometric model: of the high-end cohort, of the regular one.
    /// </summary>
    public static double[] Figures(DataFolder folder) =>
    [
        RetentionFit.Of(Counts(folder, "highend")).Expect().LogLikelihood,
        RetentionFit.Of(Counts(folder, "regular")).Expect().LogLikelihood,
    ];
}
