using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace DToC.Published;

/// <summary>What a household bought at once.</summary>
/// <param name="At">When.</param>
/// <param name="Categories">Product categories, each once, sorted.</param>
internal sealed record Basket(DateTime At, IReadOnlyList<string> Categories);

/// <summary>
/// A year of 2,377 households at a grocer (84.51 and Dunnhumby, "The Complete Journey 2.0"), in a sample of 75,000 of
/// 1.47 million lines: of most baskets one line, so that what is foretold is what a line drawn of the next basket is.
/// </summary>
internal static class CompleteJourney
{
    private const string Unknown = "NA";

    /// <summary>Each household's baskets in the order of time; households in that of their ids.</summary>
    public static List<List<Basket>> Baskets(DataFolder folder)
    {
        var categories = Lines(folder.File("complete_journey/products.csv.gz"))
            .Where(cells => cells[4] != Unknown).ToDictionary(c => c[0], c => c[4], StringComparer.Ordinal);
        return
        [
            .. Lines(folder.File("complete_journey/transactions_sample.csv.gz"))
                .Where(cells => categories.ContainsKey(cells[3]))
                .GroupBy(cells => cells[0], StringComparer.Ordinal).OrderBy(h => h.Key, StringComparer.Ordinal)
                .Select(household => household.GroupBy(cells => cells[2], StringComparer.Ordinal)
                    .OrderBy(lines => lines.First()[10], StringComparer.Ordinal)
                    .ThenBy(lines => lines.Key, StringComparer.Ordinal)
                    .Select(lines => new Basket(
                        DateTime.Parse(lines.First()[10], CultureInfo.InvariantCulture),
                        [.. lines.Select(cells => categories[cells[3]]).ToHashSet(StringComparer.Ordinal)
                            .Order(StringComparer.Ordinal)]))
                    .ToList()),
        ];
    }

    private static IEnumerable<string[]> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line) yield return Cells(line);
    }

    private static string[] Cells(string line)
    {
        var (cells, cell, isQuoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var letter in line)
        {
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (letter == ',' && !isQuoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(letter);
            }
        }
        cells.Add(cell.ToString());
        return [.. cells];
    }
}
