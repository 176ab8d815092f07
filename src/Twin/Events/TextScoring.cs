using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DToC.Twin.Models.Text;

namespace DToC.Twin.Events;

/// <summary>
/// Scores the texts of an event and puts in the place of each what is stored of it: <c>{"sentiment":0.42}</c>, null
/// where it has no signal, and behind it <c>"text"</c> where the definition keeps texts. An event read again has the
/// score it had, whatever scorer a later build or definition has.
/// </summary>
public static class TextScoring
{
    /// <summary>Digits behind the point that are kept of a score.</summary>
    public const int Decimals = 4;

    // What is stored is read as JSON only: letters of all languages stay themselves.
    private static readonly JavaScriptEncoder AsSent = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The score of a text, from -1 to 1; NaN where it has no signal.</summary>
    public static double ScoreOf(ISentimentScorer scorer, ReadOnlySpan<char> text)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        return Math.Round(scorer.Score(text).Value, Decimals, MidpointRounding.AwayFromZero);
    }

    /// <summary>
    /// The event with scores for the texts that its type has scored; itself where there are none, or where it is no
    /// event that a reader would take or keep for a person to repair.
    /// </summary>
    /// <param name="json">An event.</param>
    /// <param name="schema">Says which properties are scored texts.</param>
    /// <param name="limits">Of the reader that will read it.</param>
    public static ReadOnlyMemory<byte> Hide(ReadOnlyMemory<byte> json, EventSchema schema, EventLimits limits)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(limits);
        if (json.Length > limits.MaxEventBytes) return json;
        try
        {
            var places = new List<(Range Value, string Stored)>();
            var options = new JsonReaderOptions { MaxDepth = limits.MaxNesting };
            // The type may stand behind the properties.
            if (ShapeOf(new Utf8JsonReader(json.Span, options), schema) is not { ReadsTexts: true } shape) return json;
            Find(new Utf8JsonReader(json.Span, options), shape.Properties, places);
            return places.Count == 0 ? json : Replaced(json.Span, places);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The reader refuses it and says why; what is refused so is kept nowhere.
            return json;
        }
    }

    private static EventShape? ShapeOf(Utf8JsonReader reader, EventSchema schema)
    {
        EventShape? shape = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                var slot = schema.TypeIndex.Find(Encoding.UTF8.GetBytes(reader.GetString() ?? ""));
                shape = slot < 0 ? null : schema.Types[slot];
            }
            reader.Skip();
        }
        return shape;
    }

    private static void Find(
        Utf8JsonReader reader, PropertyNode properties, List<(Range Value, string Stored)> places)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isThere = reader.ValueTextEquals("properties"u8) || reader.ValueTextEquals("data"u8);
            reader.Read();
            if (isThere) Walk(ref reader, properties, places);
            else reader.Skip();
        }
    }

    private static void Walk(
        ref Utf8JsonReader reader, PropertyNode node, List<(Range Value, string Stored)> places)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Walk(ref reader, node, places);
        }
        else if (node.Scorer is { } scorer)
        {
            Score(ref reader, node, scorer, places);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var child = ChildOf(node, ref reader);
                reader.Read();
                if (child is null) reader.Skip();
                else Walk(ref reader, child, places);
            }
        }
    }

    private static PropertyNode? ChildOf(PropertyNode node, ref Utf8JsonReader reader)
    {
        foreach (var child in node.Children)
        {
            if (reader.ValueTextEquals(child.Name)) return child;
        }
        return null;
    }

    private static void Score(
        ref Utf8JsonReader reader, PropertyNode node, ISentimentScorer scorer,
        List<(Range Value, string Stored)> places)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString() ?? "";
            var end = (int)reader.BytesConsumed;
            places.Add((start..end, Stored(Written(ScoreOf(scorer, text)), node.KeepsText ? text : null)));
        }
        else if (reader.TokenType == JsonTokenType.StartObject && !node.KeepsText)
        {
            // Scored by the sender, perhaps; a text beside the score goes, and what else there is with it.
            var score = ScoreIn(ref reader);
            places.Add((start..(int)reader.BytesConsumed, score is null ? "{}" : Stored(score, null)));
        }
        else
        {
            reader.Skip();
        }
    }

    private static string? ScoreIn(ref Utf8JsonReader reader)
    {
        string? score = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isScore = reader.ValueTextEquals("sentiment"u8);
            reader.Read();
            if (isScore && reader.TokenType is JsonTokenType.Number or JsonTokenType.Null)
                score = Encoding.UTF8.GetString(reader.ValueSpan);
            reader.Skip();
        }
        return score;
    }

    private static string Written(double score) =>
        double.IsNaN(score) ? "null" : score.ToString(CultureInfo.InvariantCulture);

    private static string Stored(string score, string? text) => text is null
        ? $$"""{"sentiment":{{score}}}"""
        : $$"""{"sentiment":{{score}},"text":"{{JsonEncodedText.Encode(text, AsSent)}}"}""";

    private static byte[] Replaced(ReadOnlySpan<byte> json, List<(Range Value, string Stored)> places)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + places.Count * 24);
        var from = 0;
        foreach (var (value, stored) in places)
        {
            output.Write(json[from..value.Start.Value]);
            output.Write(Encoding.UTF8.GetBytes(stored));
            from = value.End.Value;
        }
        output.Write(json[from..]);
        return output.WrittenSpan.ToArray();
    }
}
