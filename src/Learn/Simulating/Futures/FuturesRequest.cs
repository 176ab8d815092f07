using DToC.Twin.Simulation;

namespace DToC.Learn.Simulating.Futures;

/// <summary>What is asked of one customer's futures.</summary>
public sealed record FuturesRequest
{
    /// <summary>Most paths.</summary>
    public const int MostPaths = 10_000;

    /// <summary>Most weeks, paths and scenarios multiplied: what is kept at once of each.</summary>
    public const long MostCells = 2_000_000;

    /// <summary>Most paths that are told whole.</summary>
    public const int MostWhole = 20;

    /// <summary>Weeks ahead, 1 to <see cref="SimulationLimits.Weeks"/>.</summary>
    public int Weeks { get; init; } = 52;

    /// <summary>Paths, each in a possible world of its own; 1 to <see cref="MostPaths"/>.</summary>
    public int Paths { get; init; } = 1_000;

    /// <summary>Of all that is drawn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Probability of the intervals, 0.5 to 0.999.</summary>
    public double Level { get; init; } = 0.9;

    /// <summary>Scenarios beside the baseline: JSON as <see cref="ScenarioReader"/> reads it; empty for none.</summary>
    public ReadOnlyMemory<byte> Scenarios { get; init; }

    /// <summary>Paths of each scenario that are told whole, 0 to <see cref="MostWhole"/>.</summary>
    public int Whole { get; init; } = 5;

    /// <summary>Rate a year by which margin of later weeks counts less in the value; 0 to 1.</summary>
    public double DiscountRate { get; init; } = 0.1;

    /// <summary>Null when it can be run; else what is wrong and what would be right.</summary>
    public string? Problem() =>
        Weeks is < 1 or > SimulationLimits.Weeks ? $"horizonWeeks is {Weeks}; 1 to {SimulationLimits.Weeks} go"
        : Paths is < 1 or > MostPaths ? $"paths is {Paths}; 1 to {MostPaths} go"
        : Level is not (>= 0.5 and <= 0.999) ? $"level is {Level}; 0.5 to 0.999 go"
        : Whole is < 0 or > MostWhole ? $"wholePaths is {Whole}; 0 to {MostWhole} go"
        : DiscountRate is not (>= 0 and <= 1) ? $"discountRate is {DiscountRate}; 0 to 1 a year goes"
        : null;
}
