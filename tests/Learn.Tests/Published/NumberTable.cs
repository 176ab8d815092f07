using System.Globalization;

namespace DToC.Published;

/// <summary>A small CSV file of numbers with one header line.</summary>
internal static class NumberTable
{
    /// <summary>Its rows.</summary>
    public static double[][] Read(string file) =>
        [.. File.ReadLines(file).Skip(1).Where(line => line.Length > 0).Select(line =>
            line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
}
