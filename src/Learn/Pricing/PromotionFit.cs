using DToC.Learn.CustomerBase;
using DToC.Twin.Models.Pricing;

namespace DToC.Learn.Pricing;

/// <summary>
/// Fits a <see cref="PromotionResponse"/> to everybody's purchases. All customers see the same promotions and share
/// what else moves demand, so weeks are what there is evidence of, however many customers there are: standard errors
/// are of the jackknife over blocks of weeks, each left out once (H. Künsch, "The Jackknife and the Bootstrap for
/// General Stationary Observations", Annals of Statistics 17(3), 1989; of few clusters it errs on the safe side:
/// J. MacKinnon, M. Nielsen, M. Webb, "Cluster-robust inference: A guide to empirical practice", Journal of
/// Econometrics 232(2), 2023, section 3). A block is as long as a promotion's aftermath.
/// </summary>
public static class PromotionFit
{
    /// <summary>Fewest weeks to look at, those that depths alone are known of not counted.</summary>
    public const int MinWeeks = 26;

    /// <summary>Fewest promotions, with weeks between them.</summary>
    public const int MinPromotions = 3;

    /// <summary>Fewest purchases.</summary>
    public const int MinPurchases = 200;

    /// <summary>Share taken off prices, beyond that of the middle week, from which on there is a promotion.</summary>
    public const double LeastDepth = 0.02;

    /// <summary>A pull-forward that is not surer than this, as a standard error, is not known.</summary>
    public const double MostPullError = 0.5;

    private const int BlockWeeks = PromotionPanel.PullWeeks;

    /// <summary>Fits the response.</summary>
    /// <param name="input">Name of the feature whose parts say what was taken off, for the model.</param>
    /// <param name="history">The purchases.</param>
    /// <param name="cancellation">Ends the fit between two steps.</param>
    /// <returns>
    /// A model with its standard errors, of lift and, where it is known, pull-forward; else why there is none.
    /// </returns>
    public static Fit<PromotionResponse> Of(
        string input, PromotionHistory history, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        var panel = new PromotionPanel(history);
        if (WhyNot(history, panel) is { } why) return NotIdentified(why);
        var likelihood = new PromotionLikelihood(panel);
        var top = new double[likelihood.Size];
        if (!likelihood.TryClimb(top, isPullKept: true, default, cancellation, out var logLikelihood))
            return NotIdentified("Promotions, season and trend go together: their effects are one.");
        var isPullKept = false;
        var whole = (double[])top.Clone();
        if (likelihood.TryClimb(whole, isPullKept, default, cancellation, out var reached)
            && Errors(likelihood, panel, whole, isPullKept, cancellation) is { } covariance
            && Math.Sqrt(covariance[3]) <= MostPullError)
        {
            (top, logLikelihood) = (whole, reached);
        }
        else
        {
            isPullKept = true;
            if (Errors(likelihood, panel, top, isPullKept, cancellation) is not { } alone)
                return NotIdentified("Without one of the promotions nothing is known. More of them would tell.");
            covariance = alone[..1];
        }
        var deepest = Enumerable.Range(0, panel.Weeks).Max(panel.DepthOf);
        var model = new PromotionResponse(
            [input], top[PromotionLikelihood.Lift], isPullKept ? null : top[PromotionLikelihood.Pull],
            PromotionPanel.PullWeeks, covariance, deepest, likelihood.UsualFactor(top));
        double[] errors = [model.LiftError, .. model.PullForwardError is { } pull ? [pull] : Array.Empty<double>()];
        return new Fit<PromotionResponse>.Fitted(model, logLikelihood, errors, covariance, likelihood.Steps);
    }

    private static Fit<PromotionResponse>.NotIdentified NotIdentified(string why) =>
        new("promotion response not identified", why.TrimEnd('.'));

    private static string? WhyNot(PromotionHistory history, PromotionPanel panel)
    {
        var weeks = panel.Weeks - PromotionPanel.PullWeeks;
        if (weeks < MinWeeks) return $"The past has {Math.Max(0, weeks)} whole weeks; it takes {MinWeeks}.";
        if (history.Purchases < MinPurchases)
            return $"There are {history.Purchases} purchases of customers who came again; it takes {MinPurchases}.";
        double[] depths = [.. Enumerable.Range(PromotionPanel.PullWeeks, weeks).Select(panel.DepthOf)];
        var usual = depths.Order().ElementAt(weeks / 2);
        bool[] promoted = [.. depths.Select(depth => depth > usual + LeastDepth)];
        var promotions = promoted.Where((isPromoted, week) => isPromoted && (week == 0 || !promoted[week - 1])).Count();
        return promotions < MinPromotions
            ? $"Promotions do not vary: there were {promotions}; it takes {MinPromotions}, with weeks between them."
            : null;
    }

    // Row by row, of lift and pull-forward. Null when a part of the weeks does not say what they are.
    private static double[]? Errors(
        PromotionLikelihood likelihood, PromotionPanel panel, double[] whole, bool isPullKept,
        CancellationToken cancellation)
    {
        var covariance = new double[4];
        var blocks = 0;
        for (var from = PromotionPanel.PullWeeks; from < panel.Weeks; from += BlockWeeks, blocks++)
        {
            var without = (double[])whole.Clone();
            var leftOut = from..Math.Min(from + BlockWeeks, panel.Weeks);
            if (!likelihood.TryClimb(without, isPullKept, leftOut, cancellation, out _)) return null;
            for (var i = 0; i < 4; i++)
                covariance[i] += (without[i / 2] - whole[i / 2]) * (without[i % 2] - whole[i % 2]);
        }
        for (var i = 0; i < 4; i++) covariance[i] *= (blocks - 1.0) / blocks;
        return covariance;
    }
}
