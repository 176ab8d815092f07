using System.Buffers;
using System.Text.Json;
using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>One generated touchpoint event.</summary>
/// <param name="Id">Unique over the population and the same whenever profile and seed are the same.</param>
/// <param name="Type">Event type, such as <c>Order Completed</c>.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Customer">Customer id.</param>
/// <param name="Source">The system it comes from.</param>
/// <param name="Properties">Properties in order, names distinct.</param>
/// <param name="Context">Channel, device, place and session.</param>
public sealed record SyntheticEvent(
    string Id,
    string Type,
    Instant Time,
    string Customer,
    string Source,
    IReadOnlyList<Property> Properties,
    Circumstance Context)
{
    /// <summary>Writes it as one JSON object of the shape that <c>POST /v1/events</c> takes.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", Id);
        writer.WriteString("type", Type);
        writer.WriteString("time", Time.ToString());
        writer.WriteString("customer", Customer);
        writer.WriteString("source", Source);
        writer.WriteStartObject("properties");
        foreach (var (name, value) in Properties)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
        writer.WriteStartObject("context");
        WriteIfPresent(writer, "channel", Context.Channel);
        WriteIfPresent(writer, "device", Context.Device);
        WriteIfPresent(writer, "place", Context.Place);
        WriteIfPresent(writer, "session", Context.Session);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The event as UTF-8 JSON without a line end.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
            WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteIfPresent(Utf8JsonWriter writer, string name, string? value)
    {
        if (value != null)
            writer.WriteString(name, value);
    }
}

/// <summary>How and where an event met the customer; what does not apply is null.</summary>
public readonly record struct Circumstance(string Channel, string? Device, string? Place, string? Session);
