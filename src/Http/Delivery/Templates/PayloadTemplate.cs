using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DToC.Http.Delivery.Templates;

/// <summary>
/// What is made of a message for its receiver: JSON whose texts may have placeholders. There is nothing else in it: no
/// condition, no loop, no code. A text that is one placeholder and nothing more is replaced by the value as it is;
/// within other text it is written as text. <c>{{path?}}</c> as a member's whole value leaves the member out when there
/// is no such value; otherwise that is null, or an empty text.
/// </summary>
internal sealed class PayloadTemplate
{
    /// <summary>Most bytes of a template.</summary>
    public const int MaxBytes = 32 * 1024;

    /// <summary>Most placeholders of a template.</summary>
    public const int MaxPlaceholders = 256;

    private const int MaxDepth = 16;

    /// <summary>First names of what a message has.</summary>
    private static readonly string[] Roots = ["id", "type", "timestamp", "data"];

    private readonly Part _root;

    private PayloadTemplate(Part root) => _root = root;

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">Says where it is wrong and what would be right.</exception>
    public static PayloadTemplate Read(JsonElement json)
    {
        if (Encoding.UTF8.GetByteCount(json.GetRawText()) > MaxBytes)
            throw new FormatException($"The template is longer than {MaxBytes} bytes.");
        var count = 0;
        return new PayloadTemplate(Read(json, "template", 0, ref count));
    }

    /// <summary>Reads a text with placeholders.</summary>
    /// <exception cref="FormatException">Says where it is wrong and what would be right.</exception>
    public static PayloadTemplate OfText(string text)
    {
        var count = 0;
        return new PayloadTemplate(ReadText(text, "routingKey", ref count));
    }

    /// <summary>What it makes of a message.</summary>
    public JsonNode? Apply(JsonObject message) => _root.Apply(message, out _);

    /// <summary>The same as text.</summary>
    public string ApplyText(JsonObject message) => TextOf(Apply(message));

    private static Part Read(JsonElement json, string path, int depth, ref int count)
    {
        if (depth > MaxDepth) throw new FormatException($"{path} is nested deeper than {MaxDepth}.");
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<(string, Part)>();
                foreach (var member in json.EnumerateObject())
                    members.Add((member.Name, Read(member.Value, $"{path}.{member.Name}", depth + 1, ref count)));
                return new Part.Members(members);
            case JsonValueKind.Array:
                var items = new List<Part>();
                foreach (var item in json.EnumerateArray())
                    items.Add(Read(item, $"{path}[{items.Count}]", depth + 1, ref count));
                return new Part.Items(items);
            case JsonValueKind.String:
                // A string has a text.
                return ReadText(json.GetString() ?? "", path, ref count);
            default:
                return new Part.Fixed(json.Clone());
        }
    }

    private static Part ReadText(string text, string path, ref int count)
    {
        var pieces = new List<(string Before, Place Place)>();
        var from = 0;
        for (; ; )
        {
            var open = text.IndexOf("{{", from, StringComparison.Ordinal);
            if (open < 0) break;
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) throw new FormatException($"{path}: '{{{{' is not closed; write {{{{data.customer}}}}.");
            if (++count > MaxPlaceholders)
                throw new FormatException($"The template has more than {MaxPlaceholders} placeholders.");
            pieces.Add((text[from..open], PlaceOf(text[(open + 2)..close].Trim(), path)));
            from = close + 2;
        }
        if (pieces.Count == 0)
            return new Part.Fixed(JsonSerializer.SerializeToElement(text));
        return pieces is [{ Before: "" }] && from == text.Length
            ? new Part.Value(pieces[0].Place) : new Part.Text(pieces, text[from..]);
    }

    private static Place PlaceOf(string text, string path)
    {
        var isOptional = text.EndsWith('?');
        var steps = (isOptional ? text[..^1].TrimEnd() : text).Split('.');
        if (Array.Exists(steps, step => step.Length == 0 || step.Contains(' ', StringComparison.Ordinal)))
        {
            throw new FormatException(
                $"{path}: '{text}' is not a path; write names with dots, as data.content.template.");
        }
        if (!Roots.Contains(steps[0], StringComparer.Ordinal))
        {
            throw new FormatException(
                $"{path}: a message has no '{steps[0]}'; paths begin with {string.Join(", ", Roots)}.");
        }
        return new Place(steps, isOptional);
    }

    private static string TextOf(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => node.ToJsonString(),
    };

    private sealed record Place(string[] Steps, bool IsOptional)
    {
        public JsonNode? Find(JsonObject message)
        {
            JsonNode? node = message;
            foreach (var step in Steps)
            {
                if (node is not JsonObject members || !members.TryGetPropertyValue(step, out node)) return null;
            }
            return node;
        }
    }

    private abstract record Part
    {
        private Part()
        {
        }

        public abstract JsonNode? Apply(JsonObject message, out bool isLeftOut);

        public sealed record Fixed(JsonElement Json) : Part
        {
            public override JsonNode? Apply(JsonObject message, out bool isLeftOut)
            {
                isLeftOut = false;
                return Json.ValueKind == JsonValueKind.Null ? null : JsonValue.Create(Json);
            }
        }

        public sealed record Value(Place Place) : Part
        {
            public override JsonNode? Apply(JsonObject message, out bool isLeftOut)
            {
                var found = Place.Find(message);
                isLeftOut = found is null && Place.IsOptional;
                return found?.DeepClone();
            }
        }

        public sealed record Text(List<(string Before, Place Place)> Pieces, string After) : Part
        {
            public override JsonNode? Apply(JsonObject message, out bool isLeftOut)
            {
                isLeftOut = false;
                var text = new StringBuilder();
                foreach (var (before, place) in Pieces) text.Append(before).Append(TextOf(place.Find(message)));
                return JsonValue.Create(text.Append(After).ToString());
            }
        }

        public sealed record Members(List<(string Name, Part Part)> All) : Part
        {
            public override JsonNode? Apply(JsonObject message, out bool isLeftOut)
            {
                isLeftOut = false;
                var members = new JsonObject();
                foreach (var (name, part) in All)
                {
                    var value = part.Apply(message, out var isWithout);
                    if (!isWithout) members[name] = value;
                }
                return members;
            }
        }

        public sealed record Items(List<Part> All) : Part
        {
            public override JsonNode? Apply(JsonObject message, out bool isLeftOut)
            {
                isLeftOut = false;
                var items = new JsonArray();
                foreach (var part in All)
                {
                    var value = part.Apply(message, out var isWithout);
                    if (!isWithout) items.Add(value);
                }
                return items;
            }
        }
    }
}
