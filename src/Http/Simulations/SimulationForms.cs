using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Learn.Simulating;
using DToC.Twin;

namespace DToC.Http.Simulations;

/// <summary>A simulation as it is shown.</summary>
/// <param name="Note">Why it failed, or what is to be known of how it went; null for nothing.</param>
/// <param name="NamesErased">Customers that it named and that were erased since.</param>
internal sealed record SimulationForm(
    string Id, string? Name, SimulationState State, string By, Instant CreatedAt, Instant? StartedAt, Instant? EndedAt,
    string? Note, int NamesErased, SimulationProgressForm Progress)
{
    /// <summary>What it is run on; null before it has read its members.</summary>
    public SimulationGroundForm? Ground { get; init; }

    /// <summary>The one it repeats, and what is other now; null for one that repeats none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RerunForm? Rerun { get; init; }

    /// <summary>What was asked for; null in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonNode? Request { get; init; }

    /// <summary>What it came to, or so far; null in lists, and before there is any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonNode? Result { get; init; }

    /// <summary>A simulation without request and result.</summary>
    /// <param name="header">What is kept of it.</param>
    /// <param name="progress">How far it is in this process; null where it is in none.</param>
    /// <param name="paths">Paths asked for; null where that is not known here.</param>
    /// <param name="options">Limits.</param>
    public static SimulationForm Of(
        SimulationHeader header, SimulationProgress? progress, int? paths, HttpOptions options) => new(
        header.Id, header.Name.Length == 0 ? null : header.Name, header.State, header.By, header.Created,
        Known(header.Started), Known(header.Ended), header.Note.Length == 0 ? null : header.Note, header.Erased,
        SimulationProgressForm.Of(header, progress, paths, options))
    {
        Ground = header.Ground is { } ground ? SimulationGroundForm.Of(ground) : null,
    };

    private static Instant? Known(Instant moment) => moment.IsNever ? null : moment;
}

/// <summary>How far a simulation is, and the memory it takes.</summary>
/// <param name="Paths">Paths asked for; null in lists of those that do not run.</param>
/// <param name="PathsDone">Paths that everybody was run through.</param>
/// <param name="Fraction">Share of the work that is done, in [0, 1]; null of one that does not run.</param>
/// <param name="Members">Customers in memory, or run so far.</param>
/// <param name="CanGoOn">Whether it goes on after a restart from where it is: its members fit into memory.</param>
/// <param name="MemberBytes">Bytes that customers take.</param>
/// <param name="SumBytes">Bytes that sums take.</param>
/// <param name="MemoryLimitBytes">Bytes that both may take.</param>
internal sealed record SimulationProgressForm(
    int? Paths, int PathsDone, double? Fraction, long? Members, bool? CanGoOn, long? MemberBytes, long? SumBytes,
    long MemoryLimitBytes)
{
    /// <summary>Of one that may run or not.</summary>
    public static SimulationProgressForm Of(
        SimulationHeader header, SimulationProgress? progress, int? paths, HttpOptions options) => new(
        progress?.Paths ?? paths, progress?.PathsDone ?? header.PathsDone, progress?.Fraction,
        progress?.Members ?? header.Ground?.Members, progress?.MembersKept, progress?.MemberBytes, progress?.SumBytes,
        options.SimulationMemoryBytes);
}

/// <summary>What a simulation is run on.</summary>
/// <param name="Definition">Hash of definition and models.</param>
/// <param name="Models">Hash of the models.</param>
/// <param name="At">The moment it begins at.</param>
/// <param name="Members">Members of the population.</param>
/// <param name="States">Hash of the members and their states.</param>
internal sealed record SimulationGroundForm(string Definition, string Models, Instant At, long Members, string States)
{
    public static SimulationGroundForm Of(SimulationGround ground) => new(
        ground.Definition.ToString("x16"), ground.Models.ToString("x16"), ground.At, ground.Members,
        ground.States.ToString("x16"));
}

/// <summary>A repetition.</summary>
/// <param name="Of">The simulation that it repeats.</param>
/// <param name="IsIdentical">
/// Whether it runs on the same, so that it comes to the same; null while that is not known, or the other is gone.
/// </param>
/// <param name="Changed">What is other: definition, models, members, states, moment.</param>
internal sealed record RerunForm(string Of, bool? IsIdentical, IReadOnlyList<string> Changed)
{
    public static RerunForm Between(string of, SimulationGround? before, SimulationGround? after)
    {
        if (before is null || after is null) return new RerunForm(of, null, []);
        List<string> changed = [];
        if (before.Models != after.Models) changed.Add("models");
        if (before.Definition != after.Definition && before.Models == after.Models) changed.Add("definition");
        if (before.Members != after.Members) changed.Add("members");
        if (before.States != after.States) changed.Add("states");
        if (before.At != after.At) changed.Add("moment");
        return new RerunForm(of, changed.Count == 0, changed);
    }
}

/// <summary>Simulations, the newest first.</summary>
/// <param name="Kept">Most that are kept: of more, the one that was asked for first among those ended goes.</param>
internal sealed record SimulationsForm(IReadOnlyList<SimulationForm> Simulations, int Kept);

/// <summary>Simulations side by side.</summary>
/// <param name="With">The first one named: the others are set beside it.</param>
internal sealed record ComparisonForm(ComparedSimulationForm With, IReadOnlyList<ComparedSimulationForm> Others);

/// <summary>A simulation that is compared.</summary>
/// <param name="ArePaired">
/// Whether its worlds are those of the first one, so that differences are told with intervals; null of the first.
/// </param>
/// <param name="WhyNot">Why they are not: seed, population, horizon, moment, definition.</param>
/// <param name="Scenarios">Those of the same name, quantity by quantity; null of the first.</param>
internal sealed record ComparedSimulationForm(
    string Id, string? Name, int Paths, bool? ArePaired, IReadOnlyList<string>? WhyNot,
    IReadOnlyList<ScenarioBeside>? Scenarios);
