using System.Text;
using System.Text.Json;
using DToC.Twin.Definitions;
using DToC.Twin.Models.Text;

namespace DToC.Twin.Events;

/// <summary>Reads the signals, tokens and attributes of one event out of its properties.</summary>
internal sealed class PropertyReader(EventSchema schema, EventLimits limits)
{
    // Larger than any plausible amount and exactly a double: beyond it sums of integers would no longer be exact.
    private const double MaxUnits = 9_007_199_254_740_992;

    private readonly List<Token> _tokens = [];
    private readonly List<AttributeValue> _attributes = [];
    private byte[] _bytes = new byte[256];
    private int _byteCount;
    private long[] _numbers = [];
    private int[] _valueCounts = [];
    private string?[] _currencies = [];
    private EventShape? _shape;
    private bool _isStored;

    /// <summary>What was wrong with a property.</summary>
    public readonly record struct Finding(EventProblem Problem, string Field, string Message);

    /// <summary>Reads all; the Take methods give what was found.</summary>
    public Finding? Read(ReadOnlySpan<byte> properties, EventShape shape, bool isStored)
    {
        _shape = shape;
        _isStored = isStored;
        _tokens.Clear();
        _attributes.Clear();
        _byteCount = 0;
        _numbers = new long[shape.Signals.Count];
        Array.Fill(_numbers, TouchpointEvent.Missing);
        if (_valueCounts.Length < _numbers.Length) _valueCounts = new int[_numbers.Length];
        if (_currencies.Length < _numbers.Length) _currencies = new string?[_numbers.Length];
        Array.Clear(_valueCounts);
        Array.Clear(_currencies);
        if (!properties.IsEmpty)
        {
            var reader = new Utf8JsonReader(properties, new JsonReaderOptions { MaxDepth = limits.MaxNesting });
            reader.Read();
            var finding = ReadObject(ref reader, shape.Properties);
            if (finding is not null) return finding;
        }
        return Complete(shape);
    }

    public long[] TakeNumbers() => _numbers;

    public Token[] TakeTokens()
    {
        if (_tokens.Count == 0) return [];
        _tokens.Sort(static (a, b) =>
            a.Signal != b.Signal ? a.Signal.CompareTo(b.Signal) : a.Offset.CompareTo(b.Offset));
        return [.. _tokens];
    }

    public byte[] TakeTokenBytes() => _byteCount == 0 ? [] : _bytes.AsSpan(0, _byteCount).ToArray();

    public IReadOnlyList<AttributeValue> TakeAttributes() => _attributes.Count == 0 ? [] : [.. _attributes];

    private Finding? ReadObject(ref Utf8JsonReader reader, PropertyNode node)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            PropertyNode? child = null;
            foreach (var candidate in node.Children)
            {
                if (!reader.ValueTextEquals(candidate.Name)) continue;
                child = candidate;
                break;
            }
            reader.Read();
            if (child is null)
            {
                reader.Skip();
                continue;
            }
            var finding = ReadNode(ref reader, child);
            if (finding is not null) return finding;
        }
        return null;
    }

    private Finding? ReadNode(ref Utf8JsonReader reader, PropertyNode node)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray when node.IsArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    var finding = ReadNode(ref reader, node);
                    if (finding is not null) return finding;
                }
                return null;
            case JsonTokenType.StartObject when node.Scorer is not null:
                return ReadScore(ref reader, node);
            case JsonTokenType.StartObject when node.Children.Length > 0:
                return ReadObject(ref reader, node);
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                return WrongContainer(ref reader, node);
            default:
                return ReadValue(ref reader, node);
        }
    }

    private Finding? WrongContainer(ref Utf8JsonReader reader, PropertyNode node)
    {
        var word = reader.TokenType == JsonTokenType.StartArray ? "a list" : "an object";
        reader.Skip();
        return Wrong(node, word, "a single value");
    }

    private Finding? ReadValue(ref Utf8JsonReader reader, PropertyNode node)
    {
        foreach (var signal in node.CurrencyOf)
        {
            if (reader.TokenType != JsonTokenType.String)
                return Wrong(node, "not text", "an ISO 4217 code such as EUR");
            _currencies[signal] = reader.GetString();
        }
        foreach (var signal in node.Signals)
        {
            if (_valueCounts[signal] >= limits.MaxValuesPerSignal) continue;
            var finding = _shape!.Signals[signal].Type switch // set by Read before any value
            {
                SignalType.Token => ReadToken(ref reader, node, signal),
                _ when node.Scorer is { } scorer => ReadText(ref reader, node, scorer),
                _ => ReadNumber(ref reader, node, signal),
            };
            if (finding is not null) return finding;
        }
        return node.Attribute >= 0 ? ReadAttribute(ref reader, node) : null;
    }

    private Finding? ReadToken(ref Utf8JsonReader reader, PropertyNode node, int signal)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            return Wrong(node, "a boolean", "text");
        }
        var room = reader.ValueSpan.Length;
        if (_bytes.Length < _byteCount + room) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _byteCount + room));
        var length = reader.TokenType == JsonTokenType.String
            ? reader.CopyString(_bytes.AsSpan(_byteCount))
            : CopyRaw(ref reader);
        length = CutAtCharacter(_bytes.AsSpan(_byteCount, length), limits.MaxTokenBytes);
        if (length == 0) return null;
        var hash = StableHash.Of(_bytes.AsSpan(_byteCount, length));
        _tokens.Add(new Token(signal, hash, _byteCount, length));
        _byteCount += length;
        _valueCounts[signal]++;
        return null;
    }

    /// <summary>A text that was stored before the definition had it scored.</summary>
    private Finding? ReadText(ref Utf8JsonReader reader, PropertyNode node, ISentimentScorer scorer)
    {
        if (reader.TokenType != JsonTokenType.String) return Wrong(node, "not text", "text in quotes");
        return AddScore(node, TextScoring.ScoreOf(scorer, reader.GetString()));
    }

    /// <summary>What stands for a text: its score, or null where it has no signal.</summary>
    private Finding? ReadScore(ref Utf8JsonReader reader, PropertyNode node)
    {
        const string right = "text in quotes, or {\"sentiment\": a number from -1 to 1}";
        double? score = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isScore = reader.ValueTextEquals("sentiment"u8);
            reader.Read();
            if (isScore && reader.TokenType == JsonTokenType.Null) score = double.NaN;
            else if (isScore && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number))
                score = number;
            else reader.Skip();
        }
        if (score is not { } said || Math.Abs(said) > 1) return Wrong(node, "an object without a score", right);
        return AddScore(node, said);
    }

    private Finding? AddScore(PropertyNode node, double score)
    {
        foreach (var signal in node.Signals)
        {
            if (_valueCounts[signal] >= limits.MaxValuesPerSignal) continue;
            if (double.IsNaN(score))
            {
                _valueCounts[signal]++; // given, but it says nothing
                continue;
            }
            var scale = (long)_shape!.Scales[signal]; // set by Read before any value
            var units = (long)Math.Round(score * scale, MidpointRounding.AwayFromZero);
            Accumulate(signal, _shape.Signals[signal].Aggregate, units, scale);
        }
        return null;
    }

    private int CopyRaw(ref Utf8JsonReader reader)
    {
        reader.ValueSpan.CopyTo(_bytes.AsSpan(_byteCount));
        return reader.ValueSpan.Length;
    }

    private static int CutAtCharacter(ReadOnlySpan<byte> utf8, int limit)
    {
        if (utf8.Length <= limit) return utf8.Length;
        while (limit > 0 && (utf8[limit] & 0xC0) == 0x80) limit--;
        return limit;
    }

    private Finding? ReadNumber(ref Utf8JsonReader reader, PropertyNode node, int signal)
    {
        var definition = _shape!.Signals[signal]; // set by Read before any value
        double value;
        if (definition.Type == SignalType.Boolean)
        {
            if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                return Wrong(node, "not a boolean", "true or false");
            value = reader.TokenType == JsonTokenType.True ? 1 : 0;
        }
        else
        {
            if (reader.TokenType != JsonTokenType.Number) return Wrong(node, "not a number", "a number without quotes");
            if (!reader.TryGetDouble(out value) || !double.IsFinite(value))
                return Wrong(node, "out of range", "a finite number");
        }
        var units = Math.Round(value * _shape.Scales[signal], MidpointRounding.AwayFromZero);
        if (Math.Abs(units) > MaxUnits) return TooLarge(Field(node), value);
        Accumulate(signal, definition.Aggregate, (long)units, (long)_shape.Scales[signal]);
        return Math.Abs(_numbers[signal]) > MaxUnits
            ? TooLarge(Field(node), _numbers[signal] / _shape.Scales[signal])
            : null;
    }

    private static Finding TooLarge(string field, double value) =>
        new(EventProblem.Implausible, field, $"{field} is {value}, beyond what can be summed exactly");

    private void Accumulate(int signal, SignalAggregate aggregate, long units, long one)
    {
        ref var slot = ref _numbers[signal];
        _valueCounts[signal]++;
        var isFirst = slot == TouchpointEvent.Missing;
        slot = aggregate switch
        {
            SignalAggregate.Count => isFirst ? one : slot + one,
            _ when isFirst => units,
            SignalAggregate.Sum => slot + units,
            SignalAggregate.Min => Math.Min(slot, units),
            SignalAggregate.Max => Math.Max(slot, units),
            _ => slot,
        };
    }

    private Finding? ReadAttribute(ref Utf8JsonReader reader, PropertyNode node)
    {
        var attribute = schema.Attributes[node.Attribute];
        switch (attribute.Type)
        {
            case AttributeType.Text when reader.TokenType == JsonTokenType.String:
                var text = reader.GetString() ?? "";
                if (Encoding.UTF8.GetByteCount(text) > attribute.MaxLength)
                {
                    return Wrong(node, $"longer than {attribute.MaxLength} bytes", "a shorter text");
                }
                if (attribute.IsRelation && text.Contains(RelationDefinition.Separator))
                    return Wrong(node, "of several lines", "the id of one customer");
                _attributes.Add(new AttributeValue(node.Attribute, text, 0));
                return null;
            case AttributeType.Number when reader.TokenType == JsonTokenType.Number
                && reader.TryGetDouble(out var number) && double.IsFinite(number):
                _attributes.Add(new AttributeValue(node.Attribute, null, number));
                return null;
            case AttributeType.Boolean when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                _attributes.Add(
                    new AttributeValue(node.Attribute, null, reader.TokenType == JsonTokenType.True ? 1 : 0));
                return null;
            default:
                return Wrong(node, "of another type", $"a {attribute.Type.ToString().ToLowerInvariant()}");
        }
    }

    private Finding? Complete(EventShape shape)
    {
        for (var i = 0; i < shape.Signals.Count; i++)
        {
            var signal = shape.Signals[i];
            if (signal.Required && _valueCounts[i] == 0 && !_isStored)
            {
                return new Finding(
                    EventProblem.WrongType, $"properties.{signal.Path}",
                    $"properties.{signal.Path} is missing; '{shape.Name}' needs it");
            }
            if (_numbers[i] == TouchpointEvent.Missing) continue;
            var finding = (signal.Type == SignalType.Money ? Convert(shape, signal, i) : null)
                ?? (_isStored ? null : CheckBounds(signal, _numbers[i] / shape.Scales[i]));
            if (finding is not null) return finding;
        }
        return null;
    }

    private Finding? Convert(EventShape shape, SignalDefinition signal, int i)
    {
        var currency = _currencies[i];
        if (currency is null || currency == schema.Currency) return null;
        if (!schema.Rates.TryGetValue(currency, out var rate))
        {
            return new Finding(EventProblem.UnknownCurrency, $"properties.{signal.CurrencyPath}",
                $"Currency '{currency}' has no rate; the definition sums {schema.Currency ?? "no currency"}"
                + (schema.Rates.Count == 0 ? "" : $" and converts {string.Join(", ", schema.Rates.Keys)}"));
        }
        var units = Math.Round(_numbers[i] * rate, MidpointRounding.AwayFromZero);
        if (Math.Abs(units) > MaxUnits) return TooLarge($"properties.{signal.Path}", units / shape.Scales[i]);
        _numbers[i] = (long)units;
        return null;
    }

    private static Finding? CheckBounds(SignalDefinition signal, double value)
    {
        if (signal.Min is { } min && value < min) return OutOfBounds(signal, value, $"at least {min}");
        if (signal.Max is { } max && value > max) return OutOfBounds(signal, value, $"at most {max}");
        return null;
    }

    private static Finding OutOfBounds(SignalDefinition signal, double value, string bound) =>
        new(EventProblem.Implausible, $"properties.{signal.Path}",
            $"properties.{signal.Path} is {value}; plausible is {bound}");

    private static Finding Wrong(PropertyNode node, string was, string right) =>
        new(EventProblem.WrongType, Field(node), $"{Field(node)} is {was}; it must be {right}");

    private static string Field(PropertyNode node) => "properties." + Encoding.UTF8.GetString(node.Name);
}
