using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Learn.Simulating;
using DToC.Twin.Consent;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Http.Simulations;

/// <summary>
/// What of a result may be told: no group of so few that it tells of single customers, and customers by their ids only
/// apart from the rest, so that one who is erased or withdraws can be left out.
/// </summary>
internal static class ResultDisclosure
{
    /// <summary>Fewest customers that sums are told of.</summary>
    public const int LeastMembers = 5;

    /// <summary>Whether sums over so many tell of nobody in particular.</summary>
    public static bool MayTell(SimulationResult result) => result.Members.Simulated >= LeastMembers;

    /// <summary>A result without customers' ids and too small groups, and the customers by themselves.</summary>
    public static (SimulationResult Told, IReadOnlyList<NamedCustomer> Named) Split(SimulationResult result)
    {
        List<NamedCustomer> named = [];
        SortedSet<string> withheld = new(StringComparer.Ordinal);
        List<ScenarioResult> scenarios = [];
        foreach (var scenario in result.Scenarios)
        {
            List<GroupResult> groups = [];
            foreach (var group in scenario.Groups)
            {
                // Those outside would be told by the difference to all.
                if (IsFew(group.Simulated) || IsFew(result.Members.Simulated - group.Simulated))
                    withheld.Add(group.Segment);
                else groups.Add(group);
            }
            var gains = scenario.Gains;
            if (gains is not null)
            {
                named.AddRange(gains.Top.Select((gain, rank) => Named(scenario.Name, true, rank, gain)));
                named.AddRange(gains.Bottom.Select((gain, rank) => Named(scenario.Name, false, rank, gain)));
                gains = gains with { Top = [], Bottom = [] };
            }
            scenarios.Add(scenario with { Groups = groups, Gains = gains });
        }
        var told = result with { Scenarios = scenarios };
        if (withheld.Count == 0) return (told, named);
        var warning = string.Create(
            CultureInfo.InvariantCulture,
            $"Of {string.Join(", ", withheld)} nothing is told: fewer than {LeastMembers} customers are in it, or "
            + $"outside of it.");
        return (told with { Warnings = [.. told.Warnings, warning] }, named);
    }

    /// <summary>Puts customers back into a result.</summary>
    /// <param name="result">As it was split.</param>
    /// <param name="named">Those who may be named, under the ids they have now.</param>
    public static void Join(JsonNode result, IReadOnlyList<NamedCustomer> named)
    {
        ArgumentNullException.ThrowIfNull(result);
        var scenarios = result["scenarios"]?.AsArray() ?? [];
        var gains = named
            .Select(one => (one.Customer, Said: JsonSerializer.Deserialize<NamedGain>(one.Said.Span, WireJson.Options)))
            .Where(one => one.Said is not null)
            .OrderBy(one => one.Said?.Rank);
        foreach (var (customer, said) in gains)
        {
            if (said is null) continue;
            var scenario = scenarios.FirstOrDefault(s => s?["name"]?.GetValue<string>() == said.Scenario);
            scenario?["gains"]?[said.IsTop ? "top" : "bottom"]?.AsArray().Add(new JsonObject
            {
                ["customer"] = customer, ["mean"] = said.Mean, ["shareAbove"] = said.ShareAbove,
            });
        }
    }

    /// <summary>Whether a customer may be named now: there is a basis for what the result says of it.</summary>
    public static bool MayName(CustomerState state, TwinPlan plan, Twin.Instant now)
    {
        if (plan.Simulation is not { } simulation) return false;
        var model = plan.Models[simulation.Purchases];
        return ConsentGate.Missing(state, simulation.Purpose, model.Categories, now) is null
            && ConsentGate.Missing(state, model.Purpose, model.Categories, now) is null;
    }

    private static bool IsFew(long members) => members is > 0 and < LeastMembers;

    private static NamedCustomer Named(string scenario, bool isTop, int rank, CustomerGain gain) => new(
        gain.Customer,
        JsonSerializer.SerializeToUtf8Bytes(
            new NamedGain(scenario, isTop, rank, gain.Mean, gain.ShareAbove), WireJson.Options));

    /// <summary>What a result says of a customer that it names.</summary>
    private sealed record NamedGain(string Scenario, bool IsTop, int Rank, double Mean, double ShareAbove);
}
