using DToC.Twin;

namespace DToC.Learn.Training;

/// <summary>Kinds of models that can be fitted.</summary>
public enum LearntKind
{
    /// <summary>Logistic regression, calibrated.</summary>
    Logistic,

    /// <summary>Gradient-boosted trees; of a probability calibrated.</summary>
    Trees,

    /// <summary>BG/NBD of a purchase history.</summary>
    BgNbd,

    /// <summary>MBG/NBD of a purchase history.</summary>
    MbgNbd,

    /// <summary>Pareto/NBD of a purchase history.</summary>
    ParetoNbd,

    /// <summary>Gamma-Gamma of the spend in a purchase history.</summary>
    GammaGamma,

    /// <summary>What the next basket holds, of a feature of kind basket.</summary>
    Affinity,

    /// <summary>What happens next, and when, of a feature of kind lastEvent.</summary>
    NextEvent,

    /// <summary>Which stage comes next, and when, of features of kinds stage and timeInStage.</summary>
    NextStage,

    /// <summary>Logistic regression learnt in one pass in the order of time (FTRL-Proximal), calibrated.</summary>
    Ftrl,

    /// <summary>Shifted-beta-geometric retention by whole periods of a feature of kind age.</summary>
    Sbg,

    /// <summary>Discrete-time hazard by whole periods of a feature of kind age, with covariates.</summary>
    Hazard,

    /// <summary>Noisy-or of the definition's causes of frustration.</summary>
    Frustration,

    /// <summary>Population of the elasticities of customers, of a feature of kind demandSums.</summary>
    PriceSensitivity,

    /// <summary>The filter of a satisfaction that shows in answers, of a feature of kind latentLevel.</summary>
    Satisfaction,

    /// <summary>What promotions do to purchases, of a ratio of what was taken off to what was paid.</summary>
    PromotionResponse,
}

/// <summary>How the scores of a fitted model are made probabilities, on a window of their own.</summary>
public enum LearntCalibration
{
    /// <summary>By a line on the log-odds.</summary>
    Platt,

    /// <summary>By the rising steps of least squared error: takes more rows, and no shape for granted.</summary>
    Isotonic,

    /// <summary>Not at all: the window is fitted on, too.</summary>
    None,
}

/// <summary>How models are fitted and graded.</summary>
public sealed record TrainingOptions
{
    /// <summary>What to fit; null for what suits the definition's model.</summary>
    public LearntKind? Kind { get; init; }

    /// <summary>
    /// How probabilities are calibrated; null for Platt's way of logistic models and trees, and none of others, which
    /// are fitted as probabilities.
    /// </summary>
    public LearntCalibration? Calibration { get; init; }

    /// <summary>Names of the features to read; null for the definition's, or all that the purpose allows.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>End of the past that is read; null for the last event.</summary>
    public Instant? Until { get; init; }

    /// <summary>
    /// Most customers that can be asked for: what is read of them is in memory, some kilobytes each.
    /// </summary>
    public const long MostCustomers = 250_000;

    /// <summary>Most customers, up to <see cref="MostCustomers"/>; of more, a sample that the seed draws.</summary>
    public long Customers { get; init; } = 50_000;

    /// <summary>Seed of the sample and of what fits draw. The same seed gives the same bytes.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Most trees. A turn scores a hundred in a microsecond or two.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>Days ahead that what comes next is forecast for, and graded.</summary>
    public double HorizonDays { get; init; } = 30;

    /// <summary>Null when it can be used; else what is wrong and what would be right.</summary>
    public string? Validate() =>
        Customers is < 1 or > MostCustomers
            ? $"{Customers} customers; 1 to {MostCustomers} are read, and of more a sample is drawn"
        : HorizonDays is not (> 0 and <= 3_650) ? $"{HorizonDays} days ahead; above 0 and at most 3650 go"
        : Trees is < 1 or > 1_000 ? $"{Trees} trees; 1 to 1000 are grown"
        : Inputs is { Count: 0 } ? "no feature is named to read; say nothing of inputs for the definition's"
        : null;
}
