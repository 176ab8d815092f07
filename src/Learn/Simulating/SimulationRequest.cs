using DToC.Twin;
using DToC.Twin.Simulation;

namespace DToC.Learn.Simulating;

/// <summary>What is to be simulated. The same request on the same states gives the same answer, byte by byte.</summary>
public sealed record SimulationRequest
{
    /// <summary>Most paths.</summary>
    public const int MostPaths = 10_000;

    /// <summary>Most customers named as gaining or losing most.</summary>
    public const int MostNamed = 100;

    /// <summary>Its name, for people; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The past moment to begin from; null for the states as they stand.</summary>
    public Instant? At { get; init; }

    /// <summary>Weeks ahead, 1 to <see cref="SimulationLimits.Weeks"/>.</summary>
    public int Weeks { get; init; } = 52;

    /// <summary>Paths of everybody, each in a possible world of its own; 1 to <see cref="MostPaths"/>.</summary>
    public int Paths { get; init; } = 200;

    /// <summary>Of all that is drawn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Probability of the intervals, 0.5 to 0.999.</summary>
    public double Level { get; init; } = 0.9;

    /// <summary>Whose futures are run.</summary>
    public PopulationChoice Population { get; init; } = PopulationChoice.All;

    /// <summary>Segments whose members are summed apart, too; at most <see cref="MemberReading.MostGroups"/>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Scenarios beside the baseline: JSON as <see cref="ScenarioReader"/> reads it; empty for none.</summary>
    public ReadOnlyMemory<byte> Scenarios { get; init; }

    /// <summary>Whether the decision rules run, too.</summary>
    public bool WithRules { get; init; }

    /// <summary>Customers named as gaining most and as losing most; 0 to <see cref="MostNamed"/>.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Whether it is told how the answer depends on each assumption.</summary>
    public bool Sensitivity { get; init; } = true;

    /// <summary>Rate a year by which margin of later weeks counts less in the value; 0 to 1.</summary>
    public double DiscountRate { get; init; } = 0.1;

    /// <summary>A lever whose best value is searched; null for none.</summary>
    public LeverSearch? Search { get; init; }

    /// <summary>Null when it can be run; else what is wrong and what would be right.</summary>
    public string? Problem() =>
        Weeks is < 1 or > SimulationLimits.Weeks ? $"weeks is {Weeks}; 1 to {SimulationLimits.Weeks} go"
        : Paths is < 1 or > MostPaths ? $"paths is {Paths}; 1 to {MostPaths} go"
        : Level is not (>= 0.5 and <= 0.999) ? $"level is {Level}; 0.5 to 0.999 go"
        : Top is < 0 or > MostNamed ? $"top is {Top}; 0 to {MostNamed} customers are named"
        : DiscountRate is not (>= 0 and <= 1) ? $"discountRate is {DiscountRate}; 0 to 1 a year goes"
        : Name is { Length: > 200 } ? $"name has {Name.Length} characters; 200 at most go"
        : Groups.Count > MemberReading.MostGroups
            ? $"groups has {Groups.Count} segments; {MemberReading.MostGroups} at most go"
        : Groups.Distinct(StringComparer.Ordinal).Count() < Groups.Count ? "groups names a segment twice"
        : Search is not null && !Scenarios.IsEmpty
            ? "search and scenarios are both given; a search makes its own scenarios, so run the two apart"
        : Search?.Problem();
}
