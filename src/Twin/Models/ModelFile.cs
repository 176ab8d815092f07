using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace DToC.Twin.Models;

/// <summary>
/// A model with its card, as it is stored: one JSON document that says kind, inputs with the ranges seen, parameters
/// and card. The same model gives the same bytes.
/// </summary>
/// <param name="Model">The model.</param>
/// <param name="Ranges">One an input, in the inputs' order.</param>
/// <param name="Card">What it rests on.</param>
public sealed record ModelFile(PredictiveModel Model, IReadOnlyList<InputRange> Ranges, ModelCard Card)
{
    /// <summary>Most bytes a model may have.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int Format = 1;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>A model whose training ranges are not known.</summary>
    public static ModelFile Of(PredictiveModel model, ModelCard? card = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ModelFile(
            model, [.. model.Inputs.Select(InputRange.Unknown)], card ?? ModelCard.Empty);
    }

    /// <summary>The stored form.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("kind", Model.Kind);
            WriteInputs(writer);
            writer.WriteStartObject("parameters");
            Model.WriteParameters(writer);
            writer.WriteEndObject();
            WriteCard(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">They are no model this build knows; the message says why.</exception>
    public static ModelFile Read(ReadOnlyMemory<byte> stored)
    {
        if (stored.Length > MaxBytes)
            throw new InvalidDataException($"{stored.Length} bytes; a model has at most {MaxBytes}.");
        try
        {
            using var document = JsonDocument.Parse(stored, Options);
            var root = new ModelFields(document.RootElement, "model");
            var format = root.Integer("format", 0, int.MaxValue);
            if (format != Format)
                throw new InvalidDataException($"model.format: {format} is not known; this build knows {Format}.");
            var ranges = root.List("inputs").Select(RangeOf).ToList();
            var model = ModelKinds.Make(
                root.Text("kind"), [.. ranges.Select(r => r.Name)], root.Of("parameters"));
            var card = root.OfOrNull("card") is { } fields ? CardOf(fields) : ModelCard.Empty;
            root.End();
            return new ModelFile(model, ranges, card);
        }
        // A text that is no Unicode is met only when it is read, and then as an invalid operation.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"The model is no JSON: {wrong.Message}", wrong);
        }
    }

    private void WriteInputs(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("inputs");
        foreach (var range in Ranges)
        {
            writer.WriteStartObject();
            writer.WriteString("name", range.Name);
            if (double.IsFinite(range.Min)) writer.WriteNumber("min", range.Min);
            if (double.IsFinite(range.Max)) writer.WriteNumber("max", range.Max);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static InputRange RangeOf(ModelFields input)
    {
        var range = new InputRange(
            input.Text("name"), input.NumberOrNull("min") ?? double.NaN, input.NumberOrNull("max") ?? double.NaN);
        input.End();
        return range;
    }

    private void WriteCard(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("card");
        if (Card.Origin is { } origin) writer.WriteString("origin", origin);
        Time("madeAt", Card.MadeAt);
        Time("from", Card.From);
        Time("until", Card.Until);
        if (Card.Rows != 0) writer.WriteNumber("rows", Card.Rows);
        // As a text: a seed of 64 bits is more than the numbers of JSON are sure to hold.
        if (Card.Seed is { } seed) writer.WriteString("seed", seed.ToString(CultureInfo.InvariantCulture));
        writer.WriteStartObject("measures");
        foreach (var (name, value) in Card.Measures.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (double.IsFinite(value)) writer.WriteNumber(name, value);
        }
        writer.WriteEndObject();
        writer.WriteTexts("limits", Card.Limits);
        writer.WriteEndObject();

        void Time(string name, Instant? at)
        {
            if (at is { } given) writer.WriteString(name, given.ToString());
        }
    }

    private static ModelCard CardOf(ModelFields card)
    {
        var measures = card.OfOrNull("measures");
        var read = new ModelCard
        {
            Origin = card.TextOrNull("origin"),
            MadeAt = Time("madeAt"),
            From = Time("from"),
            Until = Time("until"),
            Rows = (long)(card.NumberOrNull("rows") ?? 0),
            Seed = card.TextOrNull("seed") is { } seed
                ? ulong.TryParse(seed, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : throw new InvalidDataException($"{card.Path}.seed: '{seed}' is not a whole number.")
                : null,
            Measures = measures is null
                ? ModelCard.Empty.Measures
                : measures.Names.ToDictionary(name => name, measures.Number, StringComparer.Ordinal),
            Limits = card.TextsOrNone("limits"),
        };
        card.End();
        return read;

        Instant? Time(string name) => card.TextOrNull(name) is not { } text
            ? null
            : InstantJson.TryParse(text, out var at)
                ? at
                : throw new InvalidDataException(
                    $"{card.Path}.{name}: '{text}' is no time such as 2026-01-31T00:00:00Z.");
    }
}
