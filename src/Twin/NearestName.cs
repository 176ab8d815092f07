namespace DToC.Twin;

/// <summary>Guesses which known name a wrong one was meant to be.</summary>
internal static class NearestName
{
    private const int MostLetters = 128;

    /// <summary>
    /// The known name with the fewest edits, case left out of account, but at most one for each three
    /// letters; else one that ends in it after a dot (<c>channel</c> for <c>context.channel</c>); else null.
    /// Of equals the first wins, so the guess is the same on every run.
    /// </summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length > MostLetters)
            return null;
        string? nearest = null;
        string? qualified = null;
        var lower = name.ToLowerInvariant();
        var fewest = (name.Length + 1) / 3 + 1;
        foreach (var candidate in known)
        {
            if (candidate.EndsWith('.' + name, StringComparison.OrdinalIgnoreCase))
                qualified ??= candidate;
            if (Math.Abs(candidate.Length - name.Length) >= fewest)
                continue;
            var edits = Edits(lower, candidate.ToLowerInvariant());
            if (edits < fewest)
                (nearest, fewest) = (candidate, edits);
        }
        return nearest ?? qualified;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours that turn a into b: optimal string
    /// alignment (F. Damerau, Communications of the ACM 7(3), 1964).
    /// </summary>
    private static int Edits(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }
}
