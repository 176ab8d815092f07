using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Learn.Simulating;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DToC.Http.Simulations;

/// <summary><c>GET /v1/simulations/compare</c>.</summary>
internal static class SimulationComparison
{
    /// <summary>Most that are set side by side.</summary>
    public const int Most = 8;

    public static async Task<Results<JsonHttpResult<ComparisonForm>, ProblemResult>> CompareAsync(
        string? ids, HttpContext http, SimulationTable table)
    {
        var asked = (ids ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (asked.Length is < 2 or > Most || asked.Distinct(StringComparer.Ordinal).Count() < asked.Length)
        {
            return new ProblemResult(
                ProblemKind.Malformed, $"ids names {asked.Length}; 2 to {Most} different ones go: ?ids=A,B.");
        }
        List<Compared> all = [];
        foreach (var id in asked)
        {
            if (await table.FindAsync(id, http.RequestAborted) is not { } header)
                return SimulationEndpoints.NotFound(id);
            if (await table.ResultAsync(header, http.RequestAborted) is not { } kept)
            {
                return new ProblemResult(
                    ProblemKind.Conflict,
                    $"Simulation '{id}' has no result ({WireJson.Word(header.State)}); compare those that are done.");
            }
            all.Add(new Compared(
                header, await table.RequestAsync(header.Id, http.RequestAborted),
                WorldTotals.Read(kept.Worlds.Span)));
        }
        var with = all[0];
        return TypedResults.Json(
            new ComparisonForm(
                new ComparedSimulationForm(with.Header.Id, NameOf(with), with.Worlds.Worlds, null, null, null),
                [.. all.Skip(1).Select(other => Beside(with, other))]),
            WireJson.Options);
    }

    private static ComparedSimulationForm Beside(Compared with, Compared other)
    {
        var why = WhyNotPaired(with, other);
        return new ComparedSimulationForm(
            other.Header.Id, NameOf(other), other.Worlds.Worlds, why.Count == 0, why,
            [.. with.Worlds.Beside(other.Worlds, why.Count == 0, with.Request.Level).Select(Comparable)]);

        // Values that later margin counts for differently are not the same quantity.
        ScenarioBeside Comparable(ScenarioBeside scenario) => with.Request.DiscountRate == other.Request.DiscountRate
            ? scenario
            : scenario with
            {
                Quantities = scenario.Quantities.Where(quantity => quantity.Key != "value")
                    .ToDictionary(quantity => quantity.Key, quantity => quantity.Value, StringComparer.Ordinal),
            };
    }

    // A world is a function of seed, number, definition and horizon; what it comes to, of members, states and moment.
    private static List<string> WhyNotPaired(Compared with, Compared other)
    {
        List<string> why = [];
        var (one, two) = (with.Header.Ground, other.Header.Ground);
        if (with.Request.Seed != other.Request.Seed) why.Add("seed");
        if (with.Request.Weeks != other.Request.Weeks) why.Add("horizon");
        if (one is null || two is null || one.States != two.States || one.Members != two.Members) why.Add("population");
        if (one?.At != two?.At) why.Add("moment");
        if (one?.Definition != two?.Definition) why.Add("definition");
        return why;
    }

    private static string? NameOf(Compared of) => of.Header.Name.Length == 0 ? null : of.Header.Name;

    private sealed record Compared(SimulationHeader Header, SimulationRequest Request, WorldTotals Worlds);
}
