using System.Text;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Http.Twins;

/// <summary>
/// What events say came of decisions: the definition in force says which events do, and where the decision's id stands
/// in them.
/// </summary>
/// <param name="definition">The definition in force.</param>
internal sealed class DecisionOutcomes(Definition definition)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 128 };

    private readonly Dictionary<string, OutcomeDefinition> _byType = definition.Events
        .Where(type => type.Outcome is not null)
        .ToDictionary(type => type.Name, type => type.Outcome!, StringComparer.Ordinal); // those that have one

    private Dictionary<string, List<OutcomeEvent>>? _byDecision;

    /// <summary>What an event says; null when it says nothing of a decision.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="properties">Its properties.</param>
    public OutcomeView? Of(string type, JsonElement? properties)
    {
        if (properties is not { } found || !_byType.TryGetValue(type, out var outcome)) return null;
        foreach (var step in outcome.DecisionPath.Split('.'))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(step, out found)) return null;
        }
        return found.ValueKind == JsonValueKind.String && QuotedText.Of(found) is { Length: > 0 } decision
            ? new OutcomeView(outcome.Kind, decision) : null;
    }

    /// <summary>What came of a decision, in the order of time.</summary>
    /// <param name="decision">Its id.</param>
    /// <param name="journal">The journal of its customer.</param>
    /// <param name="mayShow">Whether events of a type, recorded under a plan, may be shown.</param>
    public IReadOnlyList<OutcomeEvent> Of(
        string decision, IReadOnlyList<JournalEntry> journal, Func<string, ulong, bool> mayShow)
    {
        if (_byType.Count == 0) return [];
        _byDecision ??= Read(journal, mayShow);
        return _byDecision.TryGetValue(decision, out var found) ? found : [];
    }

    private Dictionary<string, List<OutcomeEvent>> Read(
        IReadOnlyList<JournalEntry> journal, Func<string, ulong, bool> mayShow)
    {
        var names = _byType.Keys.Select(Encoding.UTF8.GetBytes).ToList();
        Dictionary<string, List<OutcomeEvent>> found = new(StringComparer.Ordinal);
        foreach (var entry in journal.OrderBy(entry => entry.OccurredAt))
        {
            if (entry.Kind != JournalKind.Event) continue;
            var bytes = JournalPayload.ReadEvent(entry.Payload);
            // Most events are of other types, and need not be taken apart to tell.
            if (!names.Exists(name => bytes.Span.IndexOf(name) >= 0)) continue;
            using var json = JsonDocument.Parse(bytes, Deep);
            var root = json.RootElement;
            if (root.GetProperty("type").GetString() is not { } type || !mayShow(type, entry.PlanHash)
                || Of(type, PropertiesOf(root)) is not { } outcome)
            {
                continue;
            }
            if (!found.TryGetValue(outcome.Decision, out var events)) found.Add(outcome.Decision, events = []);
            events.Add(new OutcomeEvent(
                outcome.Kind, entry.OccurredAt, type, root.GetProperty("id").GetString() ?? ""));
        }
        return found;
    }

    private static JsonElement? PropertiesOf(JsonElement root) =>
        root.TryGetProperty("properties", out var properties) || root.TryGetProperty("data", out properties)
            ? properties : null;
}
