using DToC.Twin.Definitions;

namespace DToC.Twin.Simulation;

/// <summary>What is done otherwise than today.</summary>
/// <param name="Name">Its name, each once.</param>
/// <param name="Levers">What is turned; none for the baseline.</param>
public sealed record Scenario(string Name, IReadOnlyList<Lever> Levers);

/// <summary>A baseline and scenarios that are compared with it, over so many weeks.</summary>
/// <param name="Weeks">Weeks ahead.</param>
/// <param name="WithRules">Whether the decision rules run.</param>
/// <param name="All">The baseline first.</param>
public sealed record ScenarioSet(int Weeks, bool WithRules, IReadOnlyList<Scenario> All)
{
    /// <summary>Name of the scenario in which nothing is done otherwise.</summary>
    public const string BaselineName = "baseline";

    /// <summary>How many, the baseline (0) included.</summary>
    public int Count => All.Count;

    /// <summary>
    /// What scenarios turn beyond anything ever observed, or rest on numbers that nobody knows; a sentence each.
    /// </summary>
    public IReadOnlyList<ScenarioRemark> Remarks { get; init; } = [];

    /// <summary>A baseline alone.</summary>
    public static ScenarioSet Baseline(int weeks, bool withRules = false) =>
        new(weeks, withRules, [new Scenario(BaselineName, [])]);
}

/// <summary>Something to be known of a scenario.</summary>
/// <param name="Scenario">Its slot in the set.</param>
/// <param name="Text">A sentence.</param>
/// <param name="IsOutside">Whether it lies outside of anything ever observed.</param>
public sealed record ScenarioRemark(int Scenario, string Text, bool IsOutside);

/// <summary>What reading scenarios gave.</summary>
public abstract record ScenarioReading
{
    private ScenarioReading()
    {
    }

    /// <summary>They can be run.</summary>
    public sealed record Read(ScenarioSet Scenarios) : ScenarioReading;

    /// <summary>Something is wrong with them; what, where, and what would be right.</summary>
    public sealed record Invalid(IReadOnlyList<DefinitionError> Errors) : ScenarioReading;
}
