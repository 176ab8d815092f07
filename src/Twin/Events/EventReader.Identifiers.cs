using System.Text.Json;

namespace DToC.Twin.Events;

/// <summary>Reads the identifiers of an event.</summary>
public sealed partial class EventReader
{
    private readonly List<Identifier> _identifiers = [];
    private readonly string[] _identifierFields = [.. schema.Identifiers.Select(i => $"identifiers.{i.Name}")];

    private EventReading.Rejected? ReadIdentifiers(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Reject(EventProblem.MissingField, "identifiers",
                "identifiers must be an object such as {\"email\": \"...\"}");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var slot = IdentifierSlot(ref reader);
            if (slot < 0) return NoSuchIdentifier(reader.GetString() ?? "");
            var problem = ReadText(ref reader, _identifierFields[slot], limits.MaxCustomerBytes, out var value);
            if (problem is not null) return problem;
            if (value is null) continue;
            var shape = schema.Identifiers[slot];
            value = shape.Normalized(value);
            if (schema.Nobody.Contains(shape.Name, value)) _envelope.NamesNobody = true;
            else if (!shape.IsHashed || IdentifierHashing.IsHash(value)) AddIdentifier(slot, value);
            else _envelope.InTheClear = _identifierFields[slot];
        }
        return null;
    }

    private int IdentifierSlot(ref Utf8JsonReader reader) => reader.ValueIsEscaped
        ? schema.IdentifierSlot(reader.GetString() ?? "")
        : schema.IdentifierIndex.Find(reader.ValueSpan);

    private EventReading.Rejected NoSuchIdentifier(string name) => Reject(
        EventProblem.MissingField, $"identifiers.{name}",
        $"'{name}' is not an identifier of the definition; known: "
        + string.Join(", ", schema.Identifiers.Select(known => known.Name)));

    /// <summary>The highest priority first.</summary>
    private void AddIdentifier(int slot, string value)
    {
        var place = _identifiers.Count;
        while (place > 0 && schema.IdentifierSlot(_identifiers[place - 1].Name) > slot) place--;
        _identifiers.Insert(place, new Identifier(schema.Identifiers[slot].Name, value));
    }
}
