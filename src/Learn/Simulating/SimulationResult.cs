using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Simulation;

namespace DToC.Learn.Simulating;

/// <summary>
/// What a simulation came to. It says nothing of threads, memory and time: these change nothing of it.
/// </summary>
public sealed record SimulationResult
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new InstantJson(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The request's name.</summary>
    public string? Name { get; init; }

    /// <summary>The moment all paths begin.</summary>
    public required Instant Begin { get; init; }

    /// <summary>Weeks ahead.</summary>
    public required int Weeks { get; init; }

    /// <summary>Paths of everybody that this rests on.</summary>
    public required int Paths { get; init; }

    /// <summary>Paths asked for; more than <see cref="Paths"/> while the run goes on.</summary>
    public required int PathsAsked { get; init; }

    /// <summary>Seed of all that was drawn.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Probability of the intervals.</summary>
    public required double Level { get; init; }

    /// <summary>Name of the definition.</summary>
    public required string Definition { get; init; }

    /// <summary>Hash of definition and models, in hexadecimal.</summary>
    public required string PlanHash { get; init; }

    /// <summary>Hash of the members and the states they began from, in hexadecimal.</summary>
    public required string MembersHash { get; init; }

    /// <summary>Currency of amounts; null when the definition names none.</summary>
    public string? Currency { get; init; }

    /// <summary>Who took part.</summary>
    public required MembersResult Members { get; init; }

    /// <summary>The baseline, then the scenarios.</summary>
    public required IReadOnlyList<ScenarioResult> Scenarios { get; init; }

    /// <summary>What a search found; null where nothing was searched, or is not known yet.</summary>
    public SearchResult? Search { get; init; }

    /// <summary>All that the answer rests on, and how it depends on each.</summary>
    public required IReadOnlyList<AssumptionResult> Assumptions { get; init; }

    /// <summary>The data it rests on, a sentence each.</summary>
    public required IReadOnlyList<string> Rests { get; init; }

    /// <summary>What to beware of, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The result as JSON: the same request on the same states gives the same bytes.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);
}

/// <summary>Who took part in a simulation.</summary>
/// <param name="Simulated">Members who were run.</param>
/// <param name="NotSimulated">Those who were not, by reason.</param>
/// <param name="Unknown">Named customers that there are not.</param>
/// <param name="Remarks">Members, on average over the paths, of whom something is to be known, by what it is.</param>
public sealed record MembersResult(
    long Simulated, IReadOnlyDictionary<MemberStanding, long> NotSimulated, long Unknown,
    IReadOnlyDictionary<MemberRemark, double> Remarks);

/// <summary>What a scenario came to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Totals">By quantity: over all weeks.</param>
/// <param name="Weeks">By quantity: week by week.</param>
public sealed record ScenarioResult(
    string Name, IReadOnlyDictionary<string, QuantityResult> Totals,
    IReadOnlyDictionary<string, IReadOnlyList<WeekResult>> Weeks)
{
    /// <summary>The same for each group, over all weeks.</summary>
    public IReadOnlyList<GroupResult> Groups { get; init; } = [];

    /// <summary>Who gains and who loses; null of the baseline.</summary>
    public GainsResult? Gains { get; init; }
}

/// <summary>A quantity over all weeks.</summary>
/// <param name="Total">Its distribution over the worlds.</param>
/// <param name="Difference">That of its difference to the baseline; null of the baseline.</param>
public sealed record QuantityResult(WorldSummary Total, WorldDifference? Difference);

/// <summary>A quantity in one week.</summary>
/// <param name="Mean">Its mean over the worlds.</param>
/// <param name="Interval">Its interval; null where the worlds are too few.</param>
/// <param name="Difference">Mean difference to the baseline; null of the baseline.</param>
/// <param name="DifferenceInterval">Interval of that.</param>
public sealed record WeekResult(
    double Mean, Twin.Models.Interval? Interval, double? Difference, Twin.Models.Interval? DifferenceInterval);

/// <summary>What a group came to.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Simulated">Members of it who were run.</param>
/// <param name="Totals">By quantity: over all weeks.</param>
public sealed record GroupResult(
    string Segment, long Simulated, IReadOnlyDictionary<string, QuantityResult> Totals);

/// <summary>A number that the answer rests on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="StandardError">How sure it is; 0 where it is taken for certain.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Says">What it is.</param>
/// <param name="Note">What it rests on.</param>
/// <param name="Sensitivity">How the answer depends on it; null where that was not asked.</param>
public sealed record AssumptionResult(
    string Name, double Value, double StandardError, AssumptionSource Source, string Says, string? Note,
    SensitivityResult? Sensitivity);

/// <summary>How the margin over all weeks changes when one assumption is another.</summary>
/// <param name="MovedBy">
/// By how much it was moved, up and down: its standard error, or a tenth of its value where it is taken for certain.
/// </param>
/// <param name="BaselineUp">Change of the margin of the baseline when it is moved up, in the currency.</param>
/// <param name="BaselineDown">The same when it is moved down.</param>
/// <param name="Scenarios">By scenario: change of its difference to the baseline.</param>
public sealed record SensitivityResult(
    double MovedBy, double BaselineUp, double BaselineDown, IReadOnlyList<ScenarioSensitivity> Scenarios);

/// <summary>Change of the difference of margin of a scenario to the baseline.</summary>
public sealed record ScenarioSensitivity(string Scenario, double Up, double Down);
