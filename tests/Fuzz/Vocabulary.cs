using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Conformance;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Fuzz;

/// <summary>What a definition knows, from which right events are made.</summary>
internal sealed class Vocabulary
{
    private static readonly JsonDocumentOptions Jsonc =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly List<(string Type, List<(string Path, string Kind)> Signals)> _events = [];
    private readonly List<string> _identifiers;

    public Vocabulary(string definition)
    {
        Source = ShippedDefinitions.Find(definition)
            ?? throw new ArgumentException($"No {definition}.", nameof(definition));
        Text = Encoding.UTF8.GetString(Source.Span);
        Plan = TwinPlan.LoadKept(Source);
        var root = JsonNode.Parse(Text, documentOptions: Jsonc)!.AsObject(); // a shipped definition is an object
        _identifiers = [.. root["identifiers"]!.AsObject().Select(i => i.Key)];
        foreach (var (type, of) in root["events"]!.AsObject())
        {
            var signals = of!["signals"]?.AsObject().Select(s =>
                (s.Value!["path"]!.GetValue<string>(), s.Value["type"]?.GetValue<string>() ?? "number"));
            _events.Add((type, [.. signals ?? []]));
        }
        Attributes = [.. root["attributes"]?.AsObject().Select(a => a.Key) ?? []];
        Purposes = [.. root["purposes"]!.AsArray().Select(p => p!.GetValue<string>())];
        Names =
        [
            .. new[]
            {
                "id", "type", "time", "customer", "source", "identifiers", "properties", "context", "data", "subject",
                "specversion", "channel", "place", "session", "device", "data_base64",
            }.Concat(_identifiers).Concat(Attributes).Select(name => $"\"{name}\""),
        ];
    }

    public ReadOnlyMemory<byte> Source { get; }

    public string Text { get; }

    public TwinPlan Plan { get; }

    public IReadOnlyList<string> Attributes { get; }

    public IReadOnlyList<string> Purposes { get; }

    /// <summary>Names an event has, in quotes.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>An event that is right, as JSON.</summary>
    public string Event(SeededDraws draws, string id, string customer)
    {
        var (type, signals) = _events[draws.Below(_events.Count)];
        var properties = new JsonObject();
        foreach (var (path, kind) in signals) Put(properties, path.Split('.'), 0, Value(draws, kind));
        var time = DateTimeOffset.UtcNow.AddSeconds(-draws.Below(86_400 * 30));
        var root = new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["time"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["source"] = draws.Percent(50) ? "web" : "shop",
            ["customer"] = customer,
            ["properties"] = properties,
        };
        if (draws.Percent(40))
        {
            root["identifiers"] =
                new JsonObject { [_identifiers[draws.Below(_identifiers.Count)]] = $"{customer}@fuzz.example" };
        }
        if (draws.Percent(30)) root["context"] = new JsonObject { ["channel"] = "web", ["place"] = "Graz" };
        return root.ToJsonString();
    }

    private static JsonValue Value(SeededDraws draws, string kind) => kind switch
    {
        // Plausible for every signal of the shipped definition: stars go from 1 to 5.
        "money" or "number" => JsonValue.Create(1 + draws.Below(400) / 100.0),
        "boolean" => JsonValue.Create(draws.Percent(50)),
        _ => JsonValue.Create($"p{draws.Below(20)}"),
    };

    private static void Put(JsonObject into, string[] path, int at, JsonValue value)
    {
        var isMany = path[at].EndsWith("[]", StringComparison.Ordinal);
        var name = isMany ? path[at][..^2] : path[at];
        if (at == path.Length - 1)
        {
            if (!into.ContainsKey(name)) into[name] = isMany ? new JsonArray(value) : value;
            return;
        }
        if (isMany)
        {
            if (into[name] is not JsonArray) into[name] = new JsonArray(new JsonObject());
            if (into[name]![0] is JsonObject first) Put(first, path, at + 1, value);
            return;
        }
        if (into[name] is not JsonObject) into[name] = new JsonObject();
        Put(into[name]!.AsObject(), path, at + 1, value);
    }
}
