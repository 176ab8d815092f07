using System.Text.Json;

namespace DToC.Twin.Events;

/// <content>The persona an event names.</content>
public sealed partial class EventReader
{
    private const string PersonaField = "context.persona";

    /// <summary>The persona an event names. A stored one may name what the definition no longer has.</summary>
    private EventReading.Rejected? ReadPersona(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String)
            return Reject(EventProblem.MissingField, PersonaField, $"{PersonaField} must be text");
        var name = reader.GetString() ?? "";
        var slot = schema.Personas.Find(name);
        if (slot < 0 || schema.Personas.IsPseudonymous[slot])
        {
            if (_envelope.IsStored) return null;
            return Reject(EventProblem.UnknownPersona, PersonaField, slot < 0
                ? schema.Personas.NoSuch(name)
                : $"'{name}' is made of what the customer says of it; no event belongs to it");
        }
        (_envelope.NamesPersona, _envelope.Persona) = (true, slot);
        return null;
    }
}
