using System.Globalization;
using System.Text.Json;
using DToC.Twin.Models.Text;
using MathNet.Numerics.Statistics;

namespace DToC.Published;

/// <summary>A text with the mean of what people said of its mood, from -4 to 4.</summary>
/// <param name="Id">Names the row: file and number.</param>
/// <param name="Rating">Mean of 20 people's ratings.</param>
/// <param name="Text">The text.</param>
internal sealed record RatedText(string Id, double Rating, string Text);

/// <summary>
/// Tweets and snippets of movie reviews with ratings by people (C. Hutto and E. Gilbert, "VADER", ICWSM 2014), and how
/// VADER's rules agree with them.
/// </summary>
internal static class HumanRatings
{
    /// <summary>Reads <c>tweets</c> or <c>movieReviewSnippets</c>: id, rating and text with tabs between.</summary>
    public static List<RatedText> Read(DataFolder folder, string name)
    {
        var rows = new List<RatedText>();
        foreach (var line in File.ReadLines(folder.File($"sentiment/{name}_GroundTruth.txt")))
        {
            var parts = line.Split('\t', 3);
            rows.Add(new RatedText(
                $"{name}/{parts[0]}", double.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]));
        }
        return rows;
    }

    /// <summary>VADER over the published lexicon and emoji.</summary>
    public static VaderScorer Vader(DataFolder folder) => new(VaderLexicon.Read(
        File.ReadAllText(folder.File("sentiment/vader_lexicon.txt")),
        File.ReadAllText(folder.File("sentiment/emoji_utf8_lexicon.txt"))));

    /// <summary><c>vader_golden_max_diff</c>: the greatest difference from the published compound values.</summary>
    public static double[] GoldenDifference(DataFolder folder)
    {
        var vader = Vader(folder);
        using var golden = JsonDocument.Parse(File.ReadAllText(folder.File("golden/golden_vectors.json")));
        var pairs = golden.RootElement.GetProperty("vader").EnumerateArray().ToList();
        if (pairs.Count == 0) throw new InvalidDataException("golden_vectors.json has no texts under 'vader'.");
        return [pairs.Max(pair => Math.Abs(vader.Shares(pair[0].GetString()).Compound - pair[1].GetDouble()))];
    }

    /// <summary>
    /// <c>vader_tweets_r</c> and <c>vader_movies_r</c>: Pearson's correlation of compound and mean rating over all
    /// rows. Nothing is fitted.
    /// </summary>
    public static double[] Correlations(DataFolder folder)
    {
        var vader = Vader(folder);
        return [Of("tweets"), Of("movieReviewSnippets")];

        double Of(string name)
        {
            var rows = Read(folder, name);
            return Correlation.Pearson(
                rows.Select(row => vader.Shares(row.Text).Compound), rows.Select(row => row.Rating));
        }
    }
}
