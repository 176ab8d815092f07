using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Consents;
using DToC.Twin;
using DToC.Twin.Definitions;

namespace DToC.Http.Twins;

/// <summary>A page of a timeline, the newest entry first.</summary>
/// <param name="Customer">Whose.</param>
/// <param name="Entries">What happened, as far as there is a legal basis to show it today.</param>
/// <param name="Next">Send it as <c>before</c> for the next page; null on the last one.</param>
internal sealed record TimelinePage(string Customer, IReadOnlyList<TimelineEntry> Entries, string? Next);

/// <summary>What was said of a purpose, through a system or by a signal of the customer's browser.</summary>
/// <param name="Said">granted, denied, withdrawn, objected, restricted or unrestricted.</param>
internal sealed record SaidView(string Said, string? TextVersion, Instant? Expires, bool Explicit, bool Signal)
{
    public static SaidView Of(in ConsentChange change) => new(
        ConsentSaid.WordOf(change), change.TextVersion.Length == 0 ? null : change.TextVersion,
        change.Expires.IsNever ? null : change.Expires, change.IsExplicit, change.IsSignal);
}

/// <summary>What an event says came of a decision.</summary>
/// <param name="Kind">What.</param>
/// <param name="Decision">Id of the decision.</param>
internal sealed record OutcomeView(OutcomeKind Kind, string Decision);

/// <summary>What came of a decision, as an event has said.</summary>
/// <param name="Kind">What.</param>
/// <param name="Time">When.</param>
/// <param name="Type">Type of the event.</param>
/// <param name="Id">Id of the event.</param>
internal sealed record OutcomeEvent(OutcomeKind Kind, Instant Time, string Type, string Id);

/// <summary>Something that happened.</summary>
/// <param name="Time">When.</param>
/// <param name="RecordedAt">When it was recorded.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Touchpoint), "event")]
[JsonDerivedType(typeof(Consents), "consents")]
[JsonDerivedType(typeof(Attributes), "attributes")]
[JsonDerivedType(typeof(Decided), "decision")]
[JsonDerivedType(typeof(Merged), "merge")]
[JsonDerivedType(typeof(Split), "split")]
internal abstract record TimelineEntry(Instant Time, Instant RecordedAt)
{
    /// <summary>A touchpoint event.</summary>
    public sealed record Touchpoint(
        Instant Time, Instant RecordedAt, string Type, string Id, string Source, JsonElement? Properties,
        JsonElement? Context)
        : TimelineEntry(Time, RecordedAt)
    {
        /// <summary>The customer's persona it belongs to; null for the customer as such.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Persona { get; init; }

        /// <summary>What it says came of a decision; null where it says nothing of one.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public OutcomeView? Outcome { get; init; }
    }

    /// <summary>Consents said.</summary>
    public sealed record Consents(
        Instant Time, Instant RecordedAt, string Source, IReadOnlyDictionary<string, SaidView> Purposes)
        : TimelineEntry(Time, RecordedAt);

    /// <summary>Attributes said, bought or concluded.</summary>
    public sealed record Attributes(
        Instant Time, Instant RecordedAt, AttributeOrigin Origin, string Source,
        IReadOnlyDictionary<string, object?> Values)
        : TimelineEntry(Time, RecordedAt);

    /// <summary>A decision.</summary>
    /// <param name="Winner">The offer chosen, or null.</param>
    /// <param name="Reason">Why there is none, or null.</param>
    public sealed record Decided(
        Instant Time, Instant RecordedAt, string Id, string Trigger, string? Winner, string? Channel,
        string? Reason)
        : TimelineEntry(Time, RecordedAt)
    {
        /// <summary>The customer's persona it was made for; null for the customer as such.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Persona { get; init; }

        /// <summary>What came of it, as events have said by its id; in the order of their times.</summary>
        public IReadOnlyList<OutcomeEvent> Outcomes { get; init; } = [];
    }

    /// <summary>Another twin was taken in.</summary>
    public sealed record Merged(Instant Time, Instant RecordedAt, string Customer)
        : TimelineEntry(Time, RecordedAt);

    /// <summary>One that had been taken in was split off. Who it was is not told: that one is somebody else.</summary>
    /// <param name="Customers">How many went: that one, and those that had come along with it.</param>
    public sealed record Split(Instant Time, Instant RecordedAt, int Customers)
        : TimelineEntry(Time, RecordedAt);
}
