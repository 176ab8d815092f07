using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Http.Twins;

/// <summary>
/// Reads a journal as a timeline. What has no legal basis today is left out, and so is what the definitions
/// at hand cannot place in a data category.
/// </summary>
internal sealed class Timeline(FoundTwin twin, PlanCatalog plans, Instant now)
{
    private readonly EventSchema _schema = plans.Current.Events;
    private readonly DecisionOutcomes _outcomes = new(plans.Current.Definition);
    private EventReader? _reader;

    /// <summary>Entries before a place (or the newest), at most so many.</summary>
    public TimelinePage Page(IReadOnlyList<JournalEntry> journal, int limit, TimelinePlace? before)
    {
        var sorted = journal.Select(entry => (Place: TimelinePlace.Of(entry), Entry: entry))
            .Where(placed => before is not { } bound || placed.Place.CompareTo(bound) < 0)
            .OrderByDescending(placed => placed.Place);
        var entries = new List<TimelineEntry>(limit);
        TimelinePlace? last = null;
        foreach (var (place, entry) in sorted)
        {
            if (entries.Count == limit) return new TimelinePage(twin.Customer, entries, last.ToString());
            if (Read(entry, journal) is not { } shown) continue;
            entries.Add(shown);
            last = place;
        }
        return new TimelinePage(twin.Customer, entries, Next: null);
    }

    private TimelineEntry? Read(JournalEntry entry, IReadOnlyList<JournalEntry> journal) => entry.Kind switch
    {
        JournalKind.Event => Touchpoint(entry),
        JournalKind.Consents => Consents(entry),
        JournalKind.Attributes => Attributes(entry),
        JournalKind.Decision => Decided(entry, journal),
        JournalKind.Merge => Merged(entry),
        JournalKind.Split => new TimelineEntry.Split(
            entry.OccurredAt, entry.RecordedAt, JournalPayload.ReadSplit(entry.Payload).Count),
        _ => null,
    };

    private TimelineEntry.Touchpoint? Touchpoint(JournalEntry entry)
    {
        using var json =
            JsonDocument.Parse(JournalPayload.ReadEvent(entry.Payload), new JsonDocumentOptions { MaxDepth = 128 });
        var root = json.RootElement;
        if (root.GetProperty("type").GetString() is not { } type
            || CategoryOf(type, entry.PlanHash) is not { } category || !MayShow(category, twin.State))
        {
            return null;
        }
        var properties = Part(root, "properties") ?? Part(root, "data");
        return new TimelineEntry.Touchpoint(
            entry.OccurredAt, entry.RecordedAt, type, root.GetProperty("id").GetString() ?? "",
            Text(root, "source") ?? EventReader.DefaultSource, properties, Part(root, "context"))
        {
            Persona = PersonaOf(entry),
            Outcome = _outcomes.Of(type, properties),
        };
    }

    private string? PersonaOf(JournalEntry entry)
    {
        if (_schema.Personas.Count == 0) return null;
        _reader ??= new EventReader(_schema, EventLimits.Stored);
        return CustomerHistory.ReadEvent(_reader, entry) is { Persona: >= 0 and var persona }
            ? _schema.Personas.Names[persona] : null;
    }

    private static TimelineEntry.Consents Consents(JournalEntry entry)
    {
        var (source, changes) = JournalPayload.ReadConsents(entry.Payload);
        var purposes = new Dictionary<string, SaidView>(StringComparer.Ordinal);
        foreach (var change in changes) purposes[change.Purpose] = SaidView.Of(change);
        return new TimelineEntry.Consents(entry.OccurredAt, entry.RecordedAt, source, purposes);
    }

    private TimelineEntry.Attributes? Attributes(JournalEntry entry)
    {
        var message = JournalPayload.ReadAttributes(entry);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var change in message.Changes)
        {
            var (persona, slot) = plans.Current.Events.PlaceOfAttribute(change.Attribute);
            if (slot < 0) continue;
            var attribute = plans.Current.Events.Attributes[slot];
            if (!MayShow(attribute.Category.Name, twin.State.FindFacet(persona) ?? twin.State)) continue;
            values[change.Attribute] = change.Text is { } text
                ? attribute.IsRelation ? AttributeDefinition.TargetsOf(text) : text
                : attribute.Type == AttributeType.Boolean ? change.Number is > 0
                : change.Number is { } number && double.IsFinite(number) ? number : null;
        }
        return values.Count == 0
            ? null
            : new TimelineEntry.Attributes(
            entry.OccurredAt, entry.RecordedAt, message.Origin, message.Source, values);
    }

    private TimelineEntry.Decided? Decided(JournalEntry entry, IReadOnlyList<JournalEntry> journal)
    {
        var record = DecisionRecord.Read(Envelope.Open(entry.Payload.Span));
        if (plans.Find(record.PlanHash) is not { } plan) return null;
        var offer = record.Winner == Decider.NoWinner ? null
            : plan.Decisions.Offers[record.Candidates[record.Winner].Offer];
        if (twin.FacetOf(record) is not { } facet) return null;
        if (offer is not null && !DeliveryGate.MayLeave(facet, plan, offer, now)) return null;
        return new TimelineEntry.Decided(
            entry.OccurredAt, entry.RecordedAt, record.Id, plan.Decisions.TriggerName(record.Inputs.Trigger),
            offer?.Name,
            offer is null ? null : plan.Decisions.Channels[offer.Channel].Name,
            offer is null ? WireJson.Word(record.Outcome) : null)
        {
            Persona = record.Persona,
            Outcomes = _outcomes.Of(record.Id, journal, (type, planHash) =>
                CategoryOf(type, planHash) is { } category && MayShow(category, twin.State)),
        };
    }

    private static TimelineEntry.Merged Merged(JournalEntry entry)
    {
        var reader = new BinaryFormReader(Envelope.Open(entry.Payload.Span));
        return new TimelineEntry.Merged(entry.OccurredAt, entry.RecordedAt, reader.Text());
    }

    private string? CategoryOf(string type, ulong planHash)
    {
        foreach (var plan in (ReadOnlySpan<TwinPlan?>)[plans.Current, plans.Find(planHash)])
        {
            if (plan?.Events.Types.FirstOrDefault(known => known.Name == type) is { } shape)
            {
                return plan.Consent.Categories[shape.Category];
            }
        }
        return null;
    }

    private bool MayShow(string category, CustomerState facet)
    {
        var slot = facet.Plan.Consent.FindCategory(category);
        return slot >= 0 && ConsentGate.MayUse(facet, slot, now);
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static JsonElement? Part(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value.Clone()
            : null;
}
