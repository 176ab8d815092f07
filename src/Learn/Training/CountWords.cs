using System.Globalization;

namespace DToC.Learn.Training;

/// <summary>Counts in sentences: one customer was, two customers were.</summary>
internal static class CountWords
{
    /// <summary>A count with its noun, in the plural unless it is one.</summary>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>The same with the verb.</summary>
    public static string Were(long count, string noun) => $"{Of(count, noun)} {(count == 1 ? "was" : "were")}";
}
