using System.Text.Json;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Http.Quarantine;

/// <summary>A quarantined event.</summary>
/// <param name="Id">Names it here; not the event's own id.</param>
/// <param name="EventId">The event's own id.</param>
/// <param name="Reason">Why it was not folded.</param>
/// <param name="Field">Where.</param>
/// <param name="Message">What would be right.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
/// <param name="Event">The event as received.</param>
internal sealed record QuarantinedForm(
    string Id, string? EventId, string? Source, EventProblem Reason, string Field, string Message,
    Instant ReceivedAt,
    Instant ExpiresAt, JsonElement Event)
{
    /// <summary>What is kept, as it is shown.</summary>
    public static QuarantinedForm Of(QuarantinedEvent kept)
    {
        using var json = JsonDocument.Parse(kept.Json, new JsonDocumentOptions { MaxDepth = 128 });
        return new QuarantinedForm(
            kept.Id, kept.EventId, kept.Source, kept.Problem, kept.Field, kept.Message, kept.ReceivedAt,
            kept.ReceivedAt.PlusMs(QuarantineGrain.KeptDays * Instant.DayMs), json.RootElement.Clone());
    }
}

/// <summary>A page of quarantined events, the oldest first.</summary>
/// <param name="Next">Send it as <c>after</c> for the next page; null on the last one.</param>
internal sealed record QuarantinePage(IReadOnlyList<QuarantinedForm> Events, string? Next);
