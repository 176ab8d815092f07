using DToC.Twin.Draws;

namespace DToC.Learn.Propensity;

/// <summary>Divides rows into parts of like composition, by a seed.</summary>
public static class Folds
{
    /// <summary>
    /// The fold of each row, from 0: rows are shuffled within those that came true and those that did not, and dealt
    /// out in turn, so that each fold has the same share of both to within a row.
    /// </summary>
    /// <param name="targets">One a row; above a half is true.</param>
    /// <param name="folds">How many, 2 or more.</param>
    /// <param name="seed">Another seed, another division.</param>
    public static int[] Stratified(ReadOnlySpan<double> targets, int folds, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var random = new Xoshiro256(seed);
        var rows = new int[targets.Length];
        var trues = 0;
        for (var i = 0; i < rows.Length; i++) trues += targets[i] > 0.5 ? 1 : 0;
        var (atTrue, atFalse) = (0, trues);
        for (var i = 0; i < rows.Length; i++) rows[targets[i] > 0.5 ? atTrue++ : atFalse++] = i;
        Shuffle(rows.AsSpan(0, trues), random);
        Shuffle(rows.AsSpan(trues), random);
        var fold = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) fold[rows[i]] = i % folds;
        return fold;
    }

    /// <summary>
    /// The fold of each row where rows of one group stay together: groups are dealt out as single rows are by
    /// <see cref="Stratified"/>, those with as many trues among themselves. With a group a row it is the same.
    /// </summary>
    /// <param name="targets">One a row; above a half is true.</param>
    /// <param name="groups">One a row: rows of the same number are of one group.</param>
    /// <param name="folds">How many, 2 or more.</param>
    /// <param name="seed">Another seed, another division.</param>
    /// <exception cref="ArgumentException">There are not as many groups as rows.</exception>
    public static int[] Grouped(ReadOnlySpan<double> targets, ReadOnlySpan<int> groups, int folds, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (groups.Length != targets.Length)
            throw new ArgumentException($"{groups.Length} groups for {targets.Length} rows.", nameof(groups));
        // Groups in the order they are met, whatever their numbers are.
        var (places, trues) = (new Dictionary<int, int>(), new List<int>());
        for (var i = 0; i < groups.Length; i++)
        {
            if (places.TryAdd(groups[i], trues.Count)) trues.Add(0);
            if (targets[i] > 0.5) trues[places[groups[i]]]++;
        }
        var random = new Xoshiro256(seed);
        var dealt = Enumerable.Range(0, trues.Count).OrderByDescending(group => trues[group]).ToArray();
        for (var (from, to) = (0, 0); from < dealt.Length; from = to)
        {
            while (to < dealt.Length && trues[dealt[to]] == trues[dealt[from]]) to++;
            Shuffle(dealt.AsSpan(from, to - from), random);
        }
        var foldOf = new int[dealt.Length];
        for (var i = 0; i < dealt.Length; i++) foldOf[dealt[i]] = i % folds;
        var fold = new int[targets.Length];
        for (var i = 0; i < fold.Length; i++) fold[i] = foldOf[places[groups[i]]];
        return fold;
    }

    /// <summary>The rows of a fold, and the others, each in the order of the table.</summary>
    public static (int[] Inside, int[] Outside) Split(ReadOnlySpan<int> folds, int fold)
    {
        var (inside, outside) = (new List<int>(), new List<int>());
        for (var i = 0; i < folds.Length; i++) (folds[i] == fold ? inside : outside).Add(i);
        return ([.. inside], [.. outside]);
    }

    /// <summary>Puts rows in an order in which each is as likely as any (R. Durstenfeld, CACM 7(7), 1964).</summary>
    internal static void Shuffle(Span<int> rows, Xoshiro256 random)
    {
        for (var i = rows.Length - 1; i > 0; i--)
        {
            var j = (int)(random.NextUnit() * (i + 1));
            (rows[i], rows[j]) = (rows[j], rows[i]);
        }
    }
}
