using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin.Events;

namespace DToC.Http.Events;

/// <summary>What the sender is told of an event.</summary>
public enum AnswerStatus
{
    /// <summary>Folded, and durable.</summary>
    Accepted,

    /// <summary>Folded before; nothing changed.</summary>
    Duplicate,

    /// <summary>Kept for a person to repair, durably.</summary>
    Quarantined,

    /// <summary>Not taken; sending it again as it is will not help.</summary>
    Refused,

    /// <summary>Nothing happened; send it again.</summary>
    Retry,
}

/// <summary>What became of an event.</summary>
internal readonly record struct EventAnswer(AnswerStatus Status)
{
    /// <summary>Words of the statuses on the wire, by their number.</summary>
    private static readonly JsonEncodedText[] Words =
        [.. Enum.GetValues<AnswerStatus>().Select(status => JsonEncodedText.Encode(WireJson.Word(status)))];

    /// <summary>The event's id, as far as it could be read.</summary>
    public string? Id { get; init; }

    /// <summary>The customer it was given to.</summary>
    public string? Customer { get; init; }

    /// <summary>Code and message; null for what was accepted without a remark.</summary>
    public string? Reason { get; init; }

    /// <summary>What the reason is counted under; null for accepted ones.</summary>
    public string? Code { get; init; }

    /// <summary>The reader's finding, when it is one.</summary>
    public EventProblem? Problem { get; init; }

    /// <summary>Where in the event.</summary>
    public string? Field { get; init; }

    /// <summary>Why nothing happened, when it is to be sent again.</summary>
    public Reply? Reply { get; init; }

    /// <summary>Identifiers of it that were not linked, as the customer has as many values as it may.</summary>
    public int NotLinked { get; init; }

    /// <summary>The answer to an event the reader rejected.</summary>
    public static EventAnswer Of(AnswerStatus status, EventReading.Rejected rejected) => new(status)
    {
        Id = rejected.Id,
        Code = WireJson.Word(rejected.Problem),
        Reason = $"{WireJson.Word(rejected.Problem)}: {rejected.Message}",
        Problem = rejected.Problem,
        Field = rejected.Field,
    };

    /// <summary>The answer to an event a grain looked at.</summary>
    public static EventAnswer Of(EventResult result, string id, string customer)
    {
        var (status, code) = result.Status switch
        {
            EventStatus.Accepted => (AnswerStatus.Accepted, null),
            EventStatus.Duplicate => (AnswerStatus.Duplicate, null),
            EventStatus.NoLegalBasis => (AnswerStatus.Refused, "noLegalBasis"),
            EventStatus.Erased => (AnswerStatus.Refused, "erased"),
            EventStatus.TooOld => (AnswerStatus.Refused, "tooOld"),
            EventStatus.NotUnderstood => (AnswerStatus.Refused, "notUnderstood"),
            _ => throw new ArgumentOutOfRangeException(
                nameof(result), result.Status, "An event status without an answer."),
        };
        return new EventAnswer(status)
        {
            Id = id,
            Customer = customer,
            NotLinked = result.NotLinked,
            Code = code,
            Reason = code is null ? result.Message : result.Message is null ? code
                : $"{code}: {result.Message}",
        };
    }

    /// <summary>The answer to an event whose message came back undone.</summary>
    public static EventAnswer Retry(Reply reply, string? id, string? customer) => new(AnswerStatus.Retry)
    {
        Id = id,
        Customer = customer,
        Code = reply is Reply.Busy ? "busy" : "unavailable",
        Reason = reply is Reply.Unavailable unavailable ? $"unavailable: {unavailable.Reason}"
            : "busy: send it again",
        Reply = reply,
    };

    /// <summary>The answer to an event whose turn failed: its own alone, and again if it is sent again.</summary>
    public static EventAnswer Failed(Reply.Failed failed, string? id, string? customer) => new(AnswerStatus.Refused)
    {
        Id = id,
        Customer = customer,
        Code = "failed",
        Reason = $"failed: {failed.Reason}",
    };

    /// <summary>The answer to an event of a customer who was erased: it does not bring the customer back.</summary>
    public static EventAnswer Erased(string? id) => new(AnswerStatus.Refused)
    {
        Id = id,
        Code = "erased",
        Reason = "erased: this customer was erased; nothing was kept",
    };

    /// <summary>Writes it as an object.</summary>
    public void Write(Utf8JsonWriter writer, long? line)
    {
        writer.WriteStartObject();
        if (line is { } number) writer.WriteNumber("line"u8, number);
        if (Id is not null) writer.WriteString("id"u8, Id);
        writer.WriteString("status"u8, Words[(int)Status]);
        if (Customer is not null) writer.WriteString("customer"u8, Customer);
        if (Reason is not null) writer.WriteString("reason"u8, Reason);
        writer.WriteEndObject();
    }
}
