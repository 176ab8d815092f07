using System.Text.Json;
using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Http.Erasures;

/// <summary>
/// Whether an event that cannot be folded is of a customer who was erased: it may not wait for a person either.
/// </summary>
internal static class ErasedSender
{
    public static bool IsOf(ITwinHost host, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return false;
            if (root.TryGetProperty("customer", out var customer) && IsErased(host, Text(customer))) return true;
            return root.TryGetProperty("identifiers", out var identifiers)
                && identifiers.ValueKind == JsonValueKind.Object
                && identifiers.EnumerateObject().Any(identifier => Text(identifier.Value) is { } value
                    && IsErased(host, IdentityGrain.MintId(new Identifier(identifier.Name, value))));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsErased(ITwinHost host, string? customer) =>
        customer is not null && host.IsErased(GrainKey.Customer(customer));

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
