using System.Text.Json;
using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>
/// What is really so about a synthetic customer: what a model should find out, and no event says.
/// </summary>
public sealed record Truth
{
    /// <summary>Customer id.</summary>
    public required string Customer { get; init; }

    /// <summary>When the customer joined.</summary>
    public required Instant JoinedAt { get; init; }

    /// <summary>Events a week of the first stream while active, before season and price.</summary>
    public required double RatePerWeek { get; init; }

    /// <summary>Events a week of every random stream, by event type, in the profile's order.</summary>
    public required IReadOnlyList<KeyValuePair<string, double>> RatesPerWeek { get; init; }

    /// <summary>
    /// Probability of leaving after each event of the first stream; null where leaving is not so.
    /// </summary>
    public double? DropoutProbability { get; init; }

    /// <summary>Hazard of leaving a week; null where leaving is not so.</summary>
    public double? DropoutHazardPerWeek { get; init; }

    /// <summary>Expected money of one purchase at full price; null where there is no spend.</summary>
    public double? MeanSpend { get; init; }

    /// <summary>s in "rate times exp(s x depth)".</summary>
    public double PriceSensitivity { get; init; }

    /// <summary>When the customer left; null when still active at the end.</summary>
    public Instant? ChurnedAt { get; init; }

    /// <summary>The channel of greatest weight in the customer's own mix.</summary>
    public required string PreferredChannel { get; init; }

    /// <summary>Further latents by name, in the profile's order.</summary>
    public required IReadOnlyList<KeyValuePair<string, double>> Latents { get; init; }

    /// <summary>Events of the first stream, the joining included.</summary>
    public required int FirstStreamEvents { get; init; }

    /// <summary>All events generated.</summary>
    public required int Events { get; init; }

    /// <summary>One JSON object as UTF-8, without a line end.</summary>
    public byte[] ToUtf8()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            WriteTo(writer);
        return stream.ToArray();
    }

    private void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("customer", Customer);
        writer.WriteString("joined_at", JoinedAt.ToString());
        writer.WriteNumber("rate_per_week", RatePerWeek);
        WriteOptional(writer, "dropout_probability", DropoutProbability);
        WriteOptional(writer, "dropout_hazard_per_week", DropoutHazardPerWeek);
        WriteOptional(writer, "mean_spend", MeanSpend);
        writer.WriteNumber("price_sensitivity", PriceSensitivity);
        if (ChurnedAt is { } churned)
            writer.WriteString("churned_at", churned.ToString());
        else
            writer.WriteNull("churned_at");
        writer.WriteString("preferred_channel", PreferredChannel);
        WriteAll(writer, "rates_per_week", RatesPerWeek);
        WriteAll(writer, "latents", Latents);
        writer.WriteNumber("first_stream_events", FirstStreamEvents);
        writer.WriteNumber("events", Events);
        writer.WriteEndObject();
    }

    private static void WriteAll(
        Utf8JsonWriter writer, string name, IReadOnlyList<KeyValuePair<string, double>> pairs)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in pairs)
            writer.WriteNumber(key, value);
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }
}
