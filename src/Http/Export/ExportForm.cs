using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DToC.Http.Erasures;
using DToC.Http.Json;
using DToC.Twin;
using DToC.Twin.Views;

namespace DToC.Http.Export;

/// <summary>All that is kept of a customer, as <c>export.schema.json</c> describes it.</summary>
/// <param name="Schema">Where its JSON Schema is.</param>
/// <param name="Format">1.</param>
/// <param name="ExportedAt">As of when.</param>
/// <param name="Customer">Who was asked for.</param>
/// <param name="Customers">All customer ids that are this one.</param>
/// <param name="Identifiers">Identifiers that led to it.</param>
/// <param name="Counts">Records by kind: what an erasure would remove.</param>
/// <param name="Records">The records.</param>
internal sealed record ExportForm(
    [property: JsonPropertyName("$schema")] string Schema, int Format, Instant ExportedAt, string Customer,
    IReadOnlyList<string> Customers, IReadOnlyList<ExportedIdentifier> Identifiers, KeptCountsForm Counts,
    IReadOnlyList<ExportedRecord> Records)
{
    /// <summary>How it is written: members that do not apply are left out.</summary>
    public static readonly JsonSerializerOptions Json = new(WireJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        MaxDepth = 192, // an event's own depth, and this around it
    };
}

/// <summary>An identifier, as it was sent or as its hash.</summary>
internal sealed record ExportedIdentifier(string Name, string Value);

/// <summary>A record that is kept. Members that its kind does not have are left out.</summary>
/// <param name="Record">state, journal, published, pending, wakeUp or row.</param>
internal sealed record ExportedRecord(string Record)
{
    /// <summary>Under whose id it lies.</summary>
    public string? Customer { get; init; }

    /// <summary>Of a state: how often it was changed. Of an effect: its number.</summary>
    public long? Number { get; init; }

    /// <summary>Of a state: the twin as it may be read today.</summary>
    public TwinView? Twin { get; init; }

    /// <summary>Of a state: its personas, as they may be read today.</summary>
    public IReadOnlyList<TwinView>? Personas { get; init; }

    /// <summary>Of a journal entry: event, consents, attributes, decision, merge or checkpoint.</summary>
    public string? Kind { get; init; }

    /// <summary>When it happened, or is to happen.</summary>
    public Instant? OccurredAt { get; init; }

    /// <summary>When it was recorded.</summary>
    public Instant? RecordedAt { get; init; }

    /// <summary>Until when it is kept; left out when it has no end.</summary>
    public Instant? KeepUntil { get; init; }

    /// <summary>Hash of the definition it was recorded under.</summary>
    public string? Definition { get; init; }

    /// <summary>An event, as it was sent.</summary>
    public JsonElement? Event { get; init; }

    /// <summary>Bytes of an event that is no JSON, as text.</summary>
    public string? Text { get; init; }

    /// <summary>Consents as they were said, by purpose; or attributes by name.</summary>
    public IReadOnlyDictionary<string, JsonNode?>? Values { get; init; }

    /// <summary>Who said it.</summary>
    public string? Source { get; init; }

    /// <summary>A decision, with all it rested on.</summary>
    public JsonNode? Decision { get; init; }

    /// <summary>A notice to other systems.</summary>
    public JsonNode? Notice { get; init; }

    /// <summary>Of an effect: its topic, or the grain it goes to. Of a row: the table.</summary>
    public string? To { get; init; }

    /// <summary>Name of a wake-up or row.</summary>
    public string? Name { get; init; }

    /// <summary>What is kept in a form of this program's own, in base64: all of it, for completeness.</summary>
    public string? Stored { get; init; }
}
