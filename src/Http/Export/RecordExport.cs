using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Http.Decisions;
using DToC.Http.Json;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Http.Export;

/// <summary>Puts kept records into words. What a definition that is not at hand would say stays in base64.</summary>
internal sealed class RecordExport(PlanCatalog plans, Instant now)
{
    public ExportedRecord Of(KeptRecord record) => record switch
    {
        KeptRecord.State state => OfState(state),
        KeptRecord.Journal journal => OfEntry(journal.Key.Id, journal.Entry),
        KeptRecord.Published published => OfPublished(published),
        KeptRecord.Pending pending => new ExportedRecord("pending")
        {
            Customer = pending.Key.Id,
            Number = pending.Sequence,
            To = pending.To.ToString(),
            Stored = Base64(pending.Message),
        },
        KeptRecord.WakeUp wake => new ExportedRecord("wakeUp")
        {
            Customer = wake.Key.Id,
            Name = wake.Name,
            OccurredAt = wake.At,
        },
        KeptRecord.Row row => OfRow(row),
        _ => throw new ArgumentOutOfRangeException(nameof(record), record.GetType().Name, "A record without words."),
    };

    private ExportedRecord OfState(KeptRecord.State state)
    {
        var twin = CustomerCodec.Read(state.Stored.Bytes.Span, plans).Twin;
        return new ExportedRecord("state")
        {
            Customer = state.Key.Id,
            Number = state.Stored.Version,
            Twin = TwinView.Of(state.Key.Id, twin, now),
            Personas = PersonasOf(state.Key.Id, twin),
            Stored = Base64(state.Stored.Bytes),
        };
    }

    private List<TwinView>? PersonasOf(string customer, CustomerState twin)
    {
        var facets = twin.Facets.OfType<CustomerState>().Where(static facet => !facet.IsEmpty).ToList();
        return facets.Count == 0 ? null : facets.ConvertAll(facet => TwinView.Of(customer, facet, now));
    }

    private ExportedRecord OfEntry(string customer, JournalEntry entry)
    {
        var exported = new ExportedRecord("journal")
        {
            Customer = customer,
            Kind = WireJson.Word(entry.Kind),
            OccurredAt = entry.OccurredAt,
            RecordedAt = entry.RecordedAt,
            KeepUntil = entry.KeepUntil == Instant.Forever ? null : entry.KeepUntil,
            Definition = entry.PlanHash.ToString("x16", CultureInfo.InvariantCulture),
        };
        switch (entry.Kind)
        {
            case JournalKind.Event or JournalKind.AlsoSent:
                return WithEvent(exported, JournalPayload.ReadEvent(entry.Payload));
            case JournalKind.Consents:
                var (source, changes) = JournalPayload.ReadConsents(entry.Payload);
                return exported with
                {
                    Source = source,
                    Values = changes.ToDictionary(
                        change => change.Purpose,
                        change => JsonSerializer.SerializeToNode(SaidView.Of(change), WireJson.Options),
                        StringComparer.Ordinal),
                };
            case JournalKind.Attributes:
                var message = JournalPayload.ReadAttributes(entry);
                return exported with
                {
                    Source = message.Source,
                    Values = message.Changes.ToDictionary(
                        change => change.Attribute, change => ValueOf(change), StringComparer.Ordinal),
                };
            case JournalKind.Decision:
                return exported with { Decision = DecisionOf(entry.Payload), Stored = Base64(entry.Payload) };
            default:
                return exported with { Stored = Base64(entry.Payload) };
        }
    }

    private ExportedRecord OfPublished(KeptRecord.Published published)
    {
        var exported = new ExportedRecord("published")
        {
            Customer = published.Key.Id,
            Number = published.Sequence,
            To = WireJson.Word(published.Topic),
            Stored = Base64(published.Payload),
        };
        return published.Topic switch
        {
            Topic.Decision => exported with { Decision = DecisionOf(published.Payload) },
            Topic.Consent => exported with
            {
                Notice = JsonSerializer.SerializeToNode(
                    ConsentNotice.Read(Envelope.Open(published.Payload.Span)), WireJson.Options),
            },
            _ => exported,
        };
    }

    private static ExportedRecord OfRow(KeptRecord.Row row)
    {
        var exported = new ExportedRecord("row") { To = row.Key.ToString(), Name = row.Stored.Row };
        if (row.Key.Kind == GrainKind.Identity)
        {
            // Of an identifier that others have shown too, who they are is not this customer's.
            var claims = IdentityRow.Read(row.Stored.Value.Span).Claims;
            return exported with { Customer = claims.Count == 1 ? claims[0].Customer : null };
        }
        if (row.Key.Kind == GrainKind.Cohort)
            return exported with { Name = "", Customer = CohortGrain.MemberOf(row.Stored) };
        // What others are named with there is not this customer's; the row's name says which simulation it is.
        if (row.Key.Kind == GrainKind.Simulations) return exported;
        if (row.Key.Kind != GrainKind.Quarantine) return exported with { Stored = Base64(row.Stored.Value) };
        var kept = QuarantinedEvent.FromBytes(row.Stored.Value);
        return WithEvent(exported with { RecordedAt = kept.ReceivedAt, Source = kept.Source }, kept.Json);
    }

    private static ExportedRecord WithEvent(ExportedRecord exported, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
            return exported with { Event = document.RootElement.Clone() };
        }
        catch (JsonException)
        {
            return exported with { Text = Encoding.UTF8.GetString(json.Span) };
        }
    }

    private JsonNode? DecisionOf(ReadOnlyMemory<byte> payload)
    {
        var record = DecisionRecord.Read(Envelope.Open(payload.Span));
        return plans.Find(record.PlanHash) is { } plan
            ? JsonSerializer.SerializeToNode(DecisionForm.Of(record, plan), WireJson.Options) : null;
    }

    private static JsonNode? ValueOf(AttributeChange change) =>
        change.Text is { } text ? JsonValue.Create(text)
        : change.Number is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;

    private static string Base64(ReadOnlyMemory<byte> bytes) => Convert.ToBase64String(bytes.Span);
}
