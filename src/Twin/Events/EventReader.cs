using System.Text;
using System.Text.Json;

namespace DToC.Twin.Events;

/// <summary>
/// Reads touchpoint events and CloudEvents 1.0 in structured JSON against a schema. Keeps scratch memory, so an
/// instance serves one caller at a time.
/// </summary>
public sealed partial class EventReader(EventSchema schema, EventLimits limits)
{
    private readonly PropertyReader _properties = new(schema, limits);
    private readonly ReadOnlyMemory<byte>[] _context = new ReadOnlyMemory<byte>[ContextKeys.Count];
    private readonly PersonaFinder _personas = new(schema);
    private Envelope _envelope;

    /// <summary>Source of an event that names none.</summary>
    public const string DefaultSource = "api";

    /// <summary>Reads an event as it comes in; every check applies.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="receivedAt">When it came.</param>
    /// <param name="optsOut">Whether it came with an opt-out signal, beside one it may bear itself.</param>
    public EventReading Read(ReadOnlyMemory<byte> json, Instant receivedAt, bool optsOut = false)
    {
        if (json.Length > limits.MaxEventBytes)
        {
            return Reject(EventProblem.OverLimit, "",
                $"The event has {json.Length} bytes; at most {limits.MaxEventBytes} are taken");
        }
        var problem = ReadEnvelope(json, isStored: false);
        if (problem is null && _envelope.Type >= 0 && schema.Types[_envelope.Type].ReadsTexts)
        {
            json = TextScoring.Hide(json, schema, limits);
            problem = ReadEnvelope(json, isStored: false);
        }
        if (problem is not null) return problem;
        _envelope.OptsOut |= optsOut;
        return CheckEnvelope(receivedAt) ?? Finish(json, _envelope.Time ?? receivedAt, receivedAt, isStored: false);
    }

    /// <summary>
    /// Reads an event out of the journal. It was accepted once, so bounds and switches of today do not apply; it is
    /// rejected only when the definition no longer knows its type or a signal changed its type.
    /// </summary>
    public EventReading ReadStored(ReadOnlyMemory<byte> json, Instant occurredAt, Instant recordedAt)
    {
        var problem = ReadEnvelope(json, isStored: true);
        if (problem is not null) return problem;
        if (_envelope.Id is null) return Reject(EventProblem.MissingField, "id", "The stored event has no id");
        if (_envelope.Type < 0) return UnknownType();
        return Finish(json, occurredAt, recordedAt, isStored: true);
    }

    private EventReading.Rejected? ReadEnvelope(ReadOnlyMemory<byte> json, bool isStored)
    {
        _envelope = new Envelope { Type = -1, IsStored = isStored };
        _identifiers.Clear();
        Array.Clear(_context);
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = limits.MaxNesting });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return Reject(EventProblem.Malformed, "", "An event is a JSON object");
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var problem = ReadField(ref reader, json);
                if (problem is not null) return problem;
            }
            return reader.Read() ? Reject(EventProblem.Malformed, "", "Something follows the event's object") : null;
        }
        catch (JsonException e)
        {
            // An object left open speaks of depth too; only the limit speaks of a maximum.
            var isDeep = e.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase);
            return isDeep
                ? Reject(EventProblem.OverLimit, "", $"The event is nested deeper than {limits.MaxNesting} levels")
                : Reject(EventProblem.Malformed, "",
                    $"Not valid JSON near byte {e.BytePositionInLine ?? 0} of the event");
        }
        catch (InvalidOperationException)
        {
            return NotUtf8();
        }
    }

    private PropertyReader.Finding? ReadProperties(EventShape shape, bool isStored)
    {
        try
        {
            return _properties.Read(_envelope.Properties.Span, shape, isStored);
        }
        catch (InvalidOperationException)
        {
            // The first pass skips properties; a text in them is decoded, and so checked, only here.
            return new PropertyReader.Finding(EventProblem.Malformed, "", NotUtf8().Message);
        }
    }

    private EventReading.Rejected NotUtf8() =>
        Reject(EventProblem.Malformed, "", "A text of the event is not valid UTF-8 or escapes half a character");

    private EventReading.Rejected? ReadField(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.ValueTextEquals("id"u8)) return ReadText(ref reader, "id", limits.MaxIdBytes, out _envelope.Id);
        if (reader.ValueTextEquals("source"u8))
            return ReadText(ref reader, "source", limits.MaxSourceBytes, out _envelope.Source);
        if (reader.ValueTextEquals("type"u8)) return ReadType(ref reader);
        if (reader.ValueTextEquals("time"u8)) return ReadTime(ref reader);
        if (reader.ValueTextEquals("customer"u8) || reader.ValueTextEquals("subject"u8))
        {
            return ReadText(ref reader, "customer", limits.MaxCustomerBytes, out _envelope.Customer);
        }
        if (reader.ValueTextEquals("identifiers"u8)) return ReadIdentifiers(ref reader);
        if (reader.ValueTextEquals("properties"u8) || reader.ValueTextEquals("data"u8))
            return ReadObjectRange(ref reader, "properties", json, out _envelope.Properties);
        if (reader.ValueTextEquals("context"u8)) return ReadContext(ref reader, json);
        reader.Read();
        reader.Skip();
        return null;
    }

    private EventReading.Rejected? ReadText(ref Utf8JsonReader reader, string field, int maxBytes, out string? text)
    {
        text = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String)
        {
            return Reject(EventProblem.MissingField, field,
                $"{field} is {Word(reader.TokenType)}; it must be text in quotes");
        }
        text = reader.GetString();
        if (string.IsNullOrWhiteSpace(text))
        {
            text = null;
            return Reject(EventProblem.MissingField, field, $"{field} is empty; it must have at least one character");
        }
        return Encoding.UTF8.GetByteCount(text) <= maxBytes
            ? null
            : Reject(EventProblem.OverLimit, field, $"{field} is longer than {maxBytes} bytes");
    }

    private EventReading.Rejected? ReadType(ref Utf8JsonReader reader)
    {
        var problem = ReadText(ref reader, "type", limits.MaxIdBytes, out _envelope.TypeName);
        if (problem is not null || _envelope.TypeName is null) return problem;
        Span<byte> name = stackalloc byte[limits.MaxIdBytes];
        _envelope.Type = schema.TypeIndex.Find(name[..Encoding.UTF8.GetBytes(_envelope.TypeName, name)]);
        return null;
    }

    private EventReading.Rejected? ReadTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String && !reader.HasValueSequence
            && HasOffset(reader.ValueSpan) && reader.TryGetDateTimeOffset(out var time))
        {
            _envelope.Time = Instant.From(time);
            return null;
        }
        _envelope.TimeIsBad = true;
        reader.Skip();
        return null;
    }

    private static bool HasOffset(ReadOnlySpan<byte> text) =>
        text.Length >= 20
            && (text[^1] is (byte)'Z' or (byte)'z' || (text[^6] is (byte)'+' or (byte)'-' && text[^3] == ':'));

    private EventReading.Rejected? ReadContext(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Reject(EventProblem.MissingField, "context",
                "context must be an object such as {\"channel\": \"web\"}");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var slot = ContextSlot(ref reader);
            var isSignal = slot < 0 && !_envelope.IsStored && reader.ValueTextEquals("gpc"u8);
            var isPersona = slot < 0 && schema.Personas.Count > 0 && reader.ValueTextEquals("persona"u8);
            reader.Read();
            if (isPersona)
            {
                if (ReadPersona(ref reader) is { } wrong) return wrong;
                continue;
            }
            if (isSignal)
            {
                if (ReadSignal(ref reader) is { } problem) return problem;
                continue;
            }
            if (slot < 0)
            {
                reader.Skip();
                continue;
            }
            if (reader.TokenType == JsonTokenType.Null) continue;
            var field = $"context.{ContextKeys.Names[slot]}";
            if (reader.TokenType != JsonTokenType.String)
                return Reject(EventProblem.MissingField, field, $"{field} must be text");
            if (reader.ValueSpan.Length > limits.MaxContextBytes)
            {
                return Reject(EventProblem.OverLimit, field, $"{field} is longer than {limits.MaxContextBytes} bytes");
            }
            // Unescaped values (nearly all) stay a slice of the event; no copy.
            _context[slot] = reader.ValueIsEscaped
                ? Encoding.UTF8.GetBytes(reader.GetString() ?? "")
                : json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }
        return null;
    }

    /// <summary>An opt-out signal that its collector passes on: true, or 1 as the header has it.</summary>
    private EventReading.Rejected? ReadSignal(ref Utf8JsonReader reader)
    {
        var says = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            JsonTokenType.String when reader.ValueTextEquals("1"u8) || reader.ValueTextEquals("true"u8) => true,
            JsonTokenType.String when reader.ValueTextEquals("0"u8) || reader.ValueTextEquals("false"u8) => false,
            JsonTokenType.Number when reader.TryGetInt32(out var number) && number is 0 or 1 => number == 1,
            _ => (bool?)null,
        };
        // Read wrong it could be lost, and with it what the customer wishes.
        if (says is not { } optsOut)
            return Reject(EventProblem.MissingField, "context.gpc", "context.gpc must be true or false");
        _envelope.OptsOut = optsOut;
        return null;
    }

    private static int ContextSlot(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < ContextKeys.Count; i++)
        {
            if (reader.ValueTextEquals(ContextKeys.Names[i])) return i;
        }
        return -1;
    }

    private EventReading.Rejected? ReadObjectRange(
        ref Utf8JsonReader reader, string field, ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> range)
    {
        range = default;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Reject(EventProblem.MissingField, field, $"{field} must be an object");
        }
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        range = json[start..(int)reader.BytesConsumed];
        return null;
    }

    private EventReading.Rejected? CheckEnvelope(Instant receivedAt)
    {
        // Before all that a person could repair: such events are kept for one.
        if (_envelope.InTheClear is { } field)
        {
            return Reject(EventProblem.MissingField, field,
                $"{field} is kept as a hash, and there is no key here to make one");
        }
        if (_envelope.Id is null)
            return Reject(EventProblem.MissingField, "id", "id is missing; give each event one of its own");
        if (_envelope.TypeName is null)
            return Reject(EventProblem.MissingField, "type", "type is missing; for example \"Order Completed\"");
        if (_envelope.Customer is { } customer && NobodyValues.Anywhere.Contains(customer))
            return Reject(EventProblem.MissingField, "customer", $"customer is '{customer}', which stands for nobody");
        if (_envelope.Customer is { } assumed && HypotheticalId.Is(assumed))
            return Reject(EventProblem.MissingField, "customer", "customer is a hypothetical twin, not a customer");
        if (_envelope.Customer is null && _identifiers.Count == 0)
        {
            if (_envelope.NamesNobody)
            {
                return Reject(EventProblem.MissingField, "identifiers",
                    "each identifier has a value that leads to no single customer; give a customer id, or another one");
            }
            return Reject(EventProblem.MissingField, "customer",
                "customer is missing; give a customer id, or identifiers");
        }
        var source = _envelope.Source ?? DefaultSource;
        if (schema.SourcesOff.Contains(source))
            return Reject(EventProblem.SourceOff, "source", $"Source '{source}' is switched off");
        if (_envelope.Type < 0) return UnknownType();
        if (!schema.AcceptUnknownSources && !schema.SourcesKnown.Contains(source))
        {
            return Reject(EventProblem.UnknownSource, "source", $"Source '{source}' is not in the definition");
        }
        return CheckTime(receivedAt);
    }

    private EventReading.Rejected? CheckTime(Instant receivedAt)
    {
        if (_envelope.TimeIsBad)
        {
            return Reject(EventProblem.AbsurdTime, "time",
                "time must be RFC 3339 with an offset, such as 2026-03-01T12:00:00Z");
        }
        if (_envelope.Time is not { } time) return null;
        if (time.UnixMs > receivedAt.UnixMs + limits.MaxFutureMs)
        {
            return Reject(EventProblem.AbsurdTime, "time",
                $"time {time} lies more than {limits.MaxFutureMs / 60_000} minutes ahead of {receivedAt}");
        }
        return time < limits.Earliest
            ? Reject(EventProblem.AbsurdTime, "time", $"time {time} lies before {limits.Earliest}")
            : null;
    }

    private EventReading Finish(ReadOnlyMemory<byte> json, Instant occurredAt, Instant receivedAt, bool isStored)
    {
        var shape = schema.Types[_envelope.Type];
        var finding = ReadProperties(shape, isStored);
        if (finding is { } found) return Reject(found.Problem, found.Field, found.Message);
        var source = _envelope.Source ?? DefaultSource;
        // Checked above for new events, and by the caller for stored ones.
        var id = _envelope.Id ?? throw new InvalidOperationException("An event without id passed the checks.");
        var sourceAndId = TouchpointEvent.SourceAndIdOf(source, id);
        var (numbers, tokens) = (_properties.TakeNumbers(), _properties.TakeTokens());
        return new EventReading.Read(new TouchpointEvent
        {
            Schema = schema,
            Id = id,
            Source = source,
            Customer = _envelope.Customer,
            Identifiers = _identifiers.Count == 0 ? [] : [.. _identifiers],
            Type = _envelope.Type,
            OccurredAt = occurredAt,
            ReceivedAt = receivedAt,
            Stamped = _envelope.Time is null,
            SourceAndId = sourceAndId,
            KeyHash = StableHash.Of(sourceAndId),
            Json = json,
            Numbers = numbers,
            Tokens = tokens,
            TokenBytes = _properties.TakeTokenBytes(),
            Context = [.. _context],
            OptsOut = _envelope.OptsOut,
            Attributes = _properties.TakeAttributes(),
            NamesPersona = _envelope.NamesPersona,
            Persona = _envelope.NamesPersona
                ? _envelope.Persona
                : _personas.Of(_envelope.Type, source, occurredAt, _context, numbers, tokens),
        });
    }

    private EventReading.Rejected UnknownType() =>
        Reject(EventProblem.UnknownType, "type", $"Type '{_envelope.TypeName}' is not in the definition");

    private EventReading.Rejected Reject(EventProblem problem, string field, string message) =>
        new(problem, field, message, _envelope.Id, _envelope.Source);

    private static string Word(JsonTokenType type) => type switch
    {
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.StartArray => "a list",
        _ => "an object",
    };

    private struct Envelope
    {
        public string? Id;
        public string? Source;
        public string? TypeName;
        public string? Customer;
        public int Type;
        public Instant? Time;
        public bool TimeIsBad;
        public bool OptsOut;
        public bool NamesNobody;
        public bool NamesPersona;
        public int Persona;
        public string? InTheClear;
        public bool IsStored;
        public ReadOnlyMemory<byte> Properties;
    }
}
