namespace DToC.Learn.Trees;

/// <summary>What boosted trees reduce.</summary>
public enum BoostingLoss
{
    /// <summary>Log-loss of probabilities; targets in [0, 1].</summary>
    Logistic,

    /// <summary>Squared error; any finite targets.</summary>
    Squared,
}

/// <summary>How boosted trees are grown. The defaults suit some thousands of rows.</summary>
public sealed record BoostingOptions
{
    /// <summary>What is reduced.</summary>
    public BoostingLoss Loss { get; init; }

    /// <summary>Most trees; fewer where early stopping says so. 1 or more.</summary>
    public int MaxTrees { get; init; } = 1_000;

    /// <summary>What a leaf's value is multiplied with, in (0, 1].</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Most leaves of a tree, 2 or more; the leaf that gains most is split first.</summary>
    public int MaxLeaves { get; init; } = 8;

    /// <summary>Most splits on the way to a leaf, 1 or more.</summary>
    public int MaxDepth { get; init; } = 3;

    /// <summary>Least rows of a leaf, 1 or more.</summary>
    public int MinLeafRows { get; init; } = 10;

    /// <summary>Least sum of curvatures of a leaf (p (1 - p) a row for log-loss, 1 for squares), 0 or more.</summary>
    public double MinChildWeight { get; init; } = 1;

    /// <summary>Penalty on squared leaf values, 0 or more.</summary>
    public double Penalty { get; init; } = 1;

    /// <summary>Least gain of a split, in units of twice the loss, 0 or more.</summary>
    public double MinGain { get; init; }

    /// <summary>Share of the rows each tree sees, in (0, 1].</summary>
    public double RowShare { get; init; } = 1;

    /// <summary>Share of the columns each tree sees, in (0, 1]; at least one.</summary>
    public double ColumnShare { get; init; } = 1;

    /// <summary>Most bins of a column, the missing among them, from 3 to 256.</summary>
    public int Bins { get; init; } = 256;

    /// <summary>
    /// Trees without a better loss on the validation part after which growing ends; 0 for no early stopping.
    /// </summary>
    public int Patience { get; init; } = 50;

    /// <summary>Share of the rows that only early stopping sees, in (0, 1).</summary>
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>
    /// Whether, after early stopping, the trees are grown anew on all rows, as many as were found best.
    /// </summary>
    public bool IsRefitted { get; init; } = true;

    /// <summary>Seed of the validation part and of what each tree sees.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Null when it can be used; else what is wrong and what would be right.</summary>
    public string? Validate() =>
        Whole(nameof(MaxTrees), MaxTrees, 1, 100_000)
        ?? Share(nameof(LearningRate), LearningRate)
        ?? Whole(nameof(MaxLeaves), MaxLeaves, 2, 4_096)
        ?? Whole(nameof(MaxDepth), MaxDepth, 1, 64)
        ?? Whole(nameof(MinLeafRows), MinLeafRows, 1, int.MaxValue)
        ?? Least(nameof(MinChildWeight), MinChildWeight)
        ?? Least(nameof(Penalty), Penalty)
        ?? Least(nameof(MinGain), MinGain)
        ?? Share(nameof(RowShare), RowShare)
        ?? Share(nameof(ColumnShare), ColumnShare)
        ?? Whole(nameof(Bins), Bins, 3, 256)
        ?? Whole(nameof(Patience), Patience, 0, int.MaxValue)
        ?? (ValidationShare < 1 ? Share(nameof(ValidationShare), ValidationShare) : "ValidationShare leaves no rows")
        ?? (Enum.IsDefined(Loss) ? null : $"loss {Loss} is not known");

    private static string? Whole(string name, int value, int min, int max) =>
        value >= min && value <= max ? null : $"{name} is {value}; it must be from {min} to {max}";

    private static string? Share(string name, double value) =>
        value is > 0 and <= 1 ? null : $"{name} is {value}; it must be above 0 and at most 1";

    private static string? Least(string name, double value) =>
        value >= 0 && double.IsFinite(value) ? null : $"{name} is {value}; it must be finite and 0 or more";
}
