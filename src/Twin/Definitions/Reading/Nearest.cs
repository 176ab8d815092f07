namespace DToC.Twin.Definitions.Reading;

/// <summary>The word an author most likely meant.</summary>
internal static class Nearest
{
    private const int LongestWord = 64;

    /// <summary>
    /// The candidate of least edit distance (insert, delete, replace, swap of neighbours; case aside), or null
    /// when a third of the letters or more would have to change.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            if (word.Length > LongestWord || candidate.Length > LongestWord)
                continue;
            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance >= least || 3 * distance > Math.Max(3, Math.Max(word.Length, candidate.Length)))
                continue;
            least = distance;
            best = candidate;
        }

        return best;
    }

    // Optimal string alignment: Levenshtein's table with one more case for swapped neighbours.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var least = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, table[i - 2, j - 2] + 1);
                table[i, j] = least;
            }
        }

        return table[a.Length, b.Length];
    }
}
