using System.Globalization;
using DToC.Coverage;
using DToC.Published;

namespace DToC.ModelFigures;

/// <summary>Figures that are measured together.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Measure">Measures them over a folder of data sets, in the order of the names.</param>
internal sealed record FigureSet(string[] Names, Func<DataFolder, double[]> Measure);

/// <summary>All there is to measure.</summary>
internal static class FigureSets
{
    private static readonly FigureSet[] All =
    [
        new(["telco_logistic_auc", "telco_logistic_logloss"], TelcoChurn.LogisticFigures),
        new(["telco_trees_auc", "telco_trees_ece", "telco_trees_train_s"], TelcoChurn.TreeFigures),
        new(["cheese_rmse_8", "cheese_rmse_16", "cheese_rmse_40", "cheese_mean_elasticity"], Cheese.Figures),
        new(["vader_golden_max_diff"], HumanRatings.GoldenDifference),
        new(["vader_tweets_r", "vader_movies_r"], HumanRatings.Correlations),
        new(["sentiment_model_accuracy"], SentimentModel.Accuracy),
        new(["lightgbm_max_rel_diff"], TreeModels.LightGbmFigures),
        new(["xgboost_max_abs_diff"], TreeModels.XgBoostFigures),
        new(["trees_500x31_us"], _ => TreeSpeed.Figures()),
        new(["cdnow_bgnbd_ll", "cdnow_pnbd_ll", "cdnow_mbgnbd_ll", "cdnow_gg_ll", "cdnow_fit_s"], Cdnow.Fits),
        new(["cdnow_pnbd_mae", "cdnow_pnbd_auc"], Cdnow.Holdout),
        new(["cdnow_calibrated_brier", "cdnow_calibrated_ece"], Cdnow.Calibrated),
        new(["donations_bgbb_ll"], Donations.Figures),
        new(["sbg_highend_ll", "sbg_regular_ll"], RetentionCohorts.Figures),
        new(
            [
                "online_retail_dropout_identified", "online_retail_ll", "online_retail_rmse",
                "online_retail_rmse_at_own_rate",
            ],
            OnlineRetail.Figures),
        .. CoverageExperiments.All.Select(e => new FigureSet(e.FigureNames, _ => e.Figures())),
        new(["affinity_recall_at_5", "affinity_popularity_recall_at_5", "affinity_personal_recall_at_5"],
            NextBasket.Figures),
    ];

    /// <summary>Prints the figures of a folder; false when one could not be measured.</summary>
    /// <param name="folder">Where the data are.</param>
    /// <param name="only">
    /// Names wanted, or how they begin before a <c>*</c>; all when empty. A set is measured whole.
    /// </param>
    /// <param name="output">Where to print.</param>
    public static bool Print(DataFolder folder, IReadOnlyList<string> only, TextWriter output)
    {
        var areAllMeasured = true;
        foreach (var unknown in only.Where(word => !All.Any(set => IsWanted(set, word))))
        {
            output.WriteLine($"{unknown}: failed (there is no such figure)");
            areAllMeasured = false;
        }
        foreach (var set in All)
        {
            if (only.Count == 0 || only.Any(word => IsWanted(set, word)))
                areAllMeasured &= Print(set, folder, output);
        }
        return areAllMeasured;
    }

    private static bool IsWanted(FigureSet set, string word) => word.EndsWith('*')
        ? set.Names.Any(name => name.StartsWith(word[..^1], StringComparison.Ordinal))
        : set.Names.Contains(word, StringComparer.Ordinal);

    private static bool Print(FigureSet set, DataFolder folder, TextWriter output)
    {
        try
        {
            var values = set.Measure(folder);
            for (var i = 0; i < set.Names.Length; i++)
                output.WriteLine($"{set.Names[i]}: {values[i].ToString("G7", CultureInfo.InvariantCulture)}");
            output.Flush();
            return true;
        }
        catch (Exception wrong) when (wrong is IOException or InvalidDataException or InvalidOperationException)
        {
            foreach (var name in set.Names) output.WriteLine($"{name}: failed ({wrong.Message})");
            return false;
        }
    }
}
