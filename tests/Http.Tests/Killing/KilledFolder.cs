using System.Text.Json.Nodes;
using DToC.Embedded;
using DToC.Grains;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Http.Tests.Killing;

/// <summary>What a folder has once nobody uses it: event ids by customer, and ids of decisions to send.</summary>
internal sealed record KilledFolder(
    IReadOnlyDictionary<string, List<string>> Events, IReadOnlyDictionary<string, long> Counted,
    HashSet<string> Decisions)
{
    public static async Task<KilledFolder> ReadAsync(string folder, IEnumerable<string> customers)
    {
        await using var host = EmbeddedHost.Start(
            new EmbeddedOptions
            {
                DataFolder = folder,
                Catalog = TwinGrains.Catalog(),
                // One that is shipped is there.
                InitialPlan = TwinPlan.LoadKept(ShippedDefinitions.Find(ShippedDefinitions.Default)!.Value),
                LoadPlan = TwinPlan.LoadKept,
            },
            NullLogger.Instance);
        var events = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var counted = new Dictionary<string, long>(StringComparer.Ordinal);
        var decisions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var customer in customers)
        {
            var key = GrainKey.Customer(customer);
            var ids = events[customer] = [];
            foreach (var entry in await host.ReadJournalAsync(key, default))
            {
                var inside = Envelope.Open(entry.Payload);
                if (entry.Kind == JournalKind.Event) ids.Add(JsonNode.Parse(inside.Span)!["id"]!.GetValue<string>());
                if (entry.Kind != JournalKind.Decision) continue;
                var record = DecisionRecord.Read(inside.Span);
                if (record.Winner != Decider.NoWinner && !record.Inputs.Holdout) decisions.Add(record.Id);
            }
            var stored = await host.ReadAsync(key, default);
            counted[customer] =
                stored is null ? 0 : CustomerCodec.Read(stored.Bytes.Span, host.Plans).Twin.EventCount;
        }
        return new KilledFolder(events, counted, decisions);
    }
}
