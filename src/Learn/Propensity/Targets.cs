namespace DToC.Learn.Propensity;

/// <summary>What came of the rows, as all fits take it.</summary>
internal static class Targets
{
    /// <summary>There are rows, as many targets, and all are probabilities.</summary>
    /// <exception cref="ArgumentException">It is not so.</exception>
    public static void Check(TrainingTable table, ReadOnlySpan<double> targets)
    {
        CheckFinite(table, targets);
        foreach (var target in targets)
        {
            if (target is not (>= 0 and <= 1))
                throw new ArgumentException($"a target is {target}; it must lie in [0, 1]", nameof(targets));
        }
    }

    /// <summary>There are rows, as many targets, and all are finite.</summary>
    /// <exception cref="ArgumentException">It is not so.</exception>
    public static void CheckFinite(TrainingTable table, ReadOnlySpan<double> targets)
    {
        if (table.Rows == 0) throw new ArgumentException("There are no rows to learn from.", nameof(table));
        if (targets.Length != table.Rows)
            throw new ArgumentException($"{targets.Length} targets for {table.Rows} rows.", nameof(targets));
        foreach (var target in targets)
        {
            if (!double.IsFinite(target))
                throw new ArgumentException($"a target is {target}; it must be finite", nameof(targets));
        }
    }
}
