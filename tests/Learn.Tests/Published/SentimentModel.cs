using DToC.Learn.Text;
using DToC.Twin;
using DToC.Twin.Models.Text;

namespace DToC.Published;

/// <summary>
/// The shipped sentiment model on the human ratings of tweets and movie snippets. A row whose id (file and number)
/// has an XXH64 divisible by 3 is held out; the shipped weights are trained on the others alone, and the settings of
/// the training were chosen by splits within those.
/// </summary>
internal static class SentimentModel
{
    private const double BestRating = 4;

    /// <summary>
    /// <c>sentiment_model_accuracy</c>: how often the shipped model's value has the sign of the mean human rating, over
    /// the held-out rows. A row rated exactly 0 has no sign and is left out; one without signal counts as wrong.
    /// </summary>
    public static double[] Accuracy(DataFolder folder) => [AccuracyOf(LinearSentiment.Shipped, folder, leastRating: 0)];

    /// <summary>The same of a model, over rows that are rated further from 0 than a limit.</summary>
    public static double AccuracyOf(ISentimentScorer model, DataFolder folder, double leastRating)
    {
        var rows = Rows(folder).Where(row => IsHeldOut(row) && Math.Abs(row.Rating) > leastRating).ToList();
        return (double)rows.Count(row => model.Score(row.Text).Value * row.Rating > 0) / rows.Count;
    }

    /// <summary>Trains the model that ships, on the rows that are not held out.</summary>
    public static LinearSentiment Train(DataFolder folder) => new SentimentTraining().Of(
    [
        .. Rows(folder).Where(row => !IsHeldOut(row)).Select(row => new RatedSample(row.Text, row.Rating / BestRating)),
    ]);

    /// <summary>The rows no weight was trained on.</summary>
    public static List<RatedText> HeldOut(DataFolder folder) => [.. Rows(folder).Where(IsHeldOut)];

    private static IEnumerable<RatedText> Rows(DataFolder folder) =>
        HumanRatings.Read(folder, "tweets").Concat(HumanRatings.Read(folder, "movieReviewSnippets"));

    private static bool IsHeldOut(RatedText row) => StableHash.Of(row.Id) % 3 == 0;
}
