using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin.Definitions;

namespace DToC.Http.Attributes;

/// <summary>The value of an attribute as a body has it.</summary>
internal static class SaidAttribute
{
    /// <summary>Most attributes in one object.</summary>
    public const int Most = DefinitionLimits.Attributes;

    private static readonly string OfPersona = $"{PersonaDefinition.Separator}{PersonaDefinition.Pseudonym}";

    /// <summary>What is wrong with it, to be read behind its name; or null.</summary>
    public static string? Fault(string name, JsonElement value)
    {
        if (name == PersonaDefinition.Pseudonym || name.EndsWith(OfPersona, StringComparison.Ordinal))
            return "is made here, and by nobody else";
        if (value.ValueKind
            is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
        {
            return "must be text, a number or a boolean";
        }
        return value.ValueKind == JsonValueKind.String && QuotedText.Of(value) is null
            ? "is not Unicode: a surrogate stands alone, or its bytes are not UTF-8"
            : null;
    }

    /// <summary>The change it makes. It has no <see cref="Fault"/>.</summary>
    public static AttributeChange Of(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new AttributeChange(name, value.GetString(), null),
        JsonValueKind.Number => new AttributeChange(name, null, value.GetDouble()),
        _ => new AttributeChange(name, null, value.ValueKind == JsonValueKind.True ? 1 : 0),
    };
}
