using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Http.Erasures;

/// <summary>
/// Whether an event that cannot be folded is of a customer who was erased, or of the time before one was let in
/// again: it may not wait for a person either.
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
            // One without a time that can be read is of now.
            var time = root.TryGetProperty("time", out var said) && InstantJson.TryParse(Text(said) ?? "", out var at)
                ? at : Instant.Forever.PlusMs(-1);
            if (root.TryGetProperty("customer", out var customer) && IsErased(host, Text(customer), time))
                return true;
            return root.TryGetProperty("identifiers", out var identifiers)
                && identifiers.ValueKind == JsonValueKind.Object
                && identifiers.EnumerateObject().Any(identifier => Text(identifier.Value) is { } value
                    && IsErased(host, IdentityGrain.MintId(Normalized(host, identifier.Name, value)), time));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false; // no JSON, or a name in it is not Unicode
        }
    }

    private static Identifier Normalized(ITwinHost host, string name, string value)
    {
        var schema = host.Plans.Current.Events;
        var slot = schema.IdentifierSlot(name);
        return new Identifier(name, slot < 0 ? value : schema.Identifiers[slot].Normalized(value));
    }

    private static bool IsErased(ITwinHost host, string? customer, Instant time) =>
        customer is not null && time < host.ErasedUntil(GrainKey.Customer(customer));

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => QuotedText.Of(value),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
