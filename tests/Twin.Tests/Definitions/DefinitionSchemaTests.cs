using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Twin.Definitions;

namespace DToC.Twin.Tests.Definitions;

/// <summary>
/// Walks schema and reader side by side: into every object and every word of the shipped definitions something
/// wrong is put, and what the reader then says is right must be what the schema says there.
/// </summary>
public class DefinitionSchemaTests
{
    private const string Wrong = "qqqqqqqq";

    private static readonly string SchemaFile = Path.Combine(DefinitionFiles.Folder, "definition.schema.json");

    private static readonly JsonDocumentOptions Jsonc = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private readonly JsonNode _schema = JsonNode.Parse(DefinitionSchema.Text())!;
    private readonly HashSet<JsonNode> _visited = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<JsonNode, JsonArray> _wordsOfChoice = new(ReferenceEqualityComparer.Instance);

    [Fact]
    public void The_shipped_schema_is_the_one_the_key_table_gives()
    {
        if (Environment.GetEnvironmentVariable("DTOC_WRITE_SCHEMA") == "1")
            File.WriteAllText(SchemaFile, DefinitionSchema.Text());
        Assert.True(File.ReadAllText(SchemaFile) == DefinitionSchema.Text(),
            "definitions/definition.schema.json is stale: run this test once with DTOC_WRITE_SCHEMA=1.");
    }

    [Fact]
    public void Reader_and_schema_know_the_same_keys_and_words()
    {
        foreach (var file in DefinitionFiles.All)
        {
            var root = JsonNode.Parse(File.ReadAllText(file), documentOptions: Jsonc)!;
            Walk(root, root, _schema);
        }

        var tables = Tables(_schema).ToList();
        Assert.True(tables.Count > 40, $"only {tables.Count} objects in the schema");
        // What all variants of a choice share stands in each of them; one shows it for all.
        var shown = _visited.Select(table => table.ToJsonString()).ToHashSet();
        Assert.Empty(tables.Where(table => !shown.Contains(table.ToJsonString())).Select(table => table.GetPath()));
    }

    [Fact]
    public void Every_key_has_a_description()
    {
        foreach (var properties in Tables(_schema))
            Assert.All(properties.AsObject(), key => Assert.EndsWith(".", (string)key.Value!["description"]!,
                StringComparison.Ordinal));
    }

    [Fact]
    public void Every_kind_of_feature_signal_and_attribute_can_be_written()
    {
        AssertWords<FeatureKind>("features", "kind");
        AssertWords<AttributeType>("attributes", "type");
        var signals = _schema["properties"]!["events"]!["additionalProperties"]!;
        AssertSame<SignalType>(signals["properties"]!["signals"]!["additionalProperties"]!, "type");

        void AssertWords<T>(string map, string by)
            where T : struct, Enum => AssertSame<T>(_schema["properties"]![map]!["additionalProperties"]!, by);

        static void AssertSame<T>(JsonNode choice, string by)
            where T : struct, Enum => Assert.Equal(
                Sorted(Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)),
                Sorted(choice["properties"]![by]!["enum"]!.AsArray().Select(w => (string)w!)));

        static string Sorted(IEnumerable<string> words) => Joined(words.Order(StringComparer.Ordinal));
    }

    // Each object and each list of words of the schema is compared once, at the first place that has it.
    private void Walk(JsonNode root, JsonNode node, JsonNode schema)
    {
        schema = Chosen(node, schema);
        switch (node)
        {
            case JsonObject found when schema["properties"] is JsonObject properties:
                if (_visited.Add(properties))
                    Assert.Equal(Joined(properties.Select(key => key.Key)),
                        Listed(ErrorWith(root, found, Wrong, 1), "Keys known here: "));
                foreach (var (key, value) in found.ToList())
                    Walk(root, value!, properties[key]!);
                break;
            case JsonObject map when schema["additionalProperties"] is JsonObject each:
                foreach (var (_, value) in map.ToList())
                    Walk(root, value!, each);
                break;
            case JsonArray list:
                foreach (var item in list.ToList())
                    Walk(root, item!, (schema["items"] ?? schema["anyOf"]![1]!["items"])!);
                break;
            case JsonValue word when schema["enum"] is JsonArray words && word.GetValueKind() == JsonValueKind.String:
                words = _wordsOfChoice.GetValueOrDefault(words, words);
                if (_visited.Add(words))
                    Assert.Equal(Joined(words.Select(w => (string)w!)), Listed(ErrorInstead(root, word), "one of: "));
                break;
        }
    }

    // The variant of a choice that fits the node. Of its deciding key a variant allows only its own words; the
    // reader's message lists those of the whole choice, so these are remembered for it.
    private JsonNode Chosen(JsonNode node, JsonNode schema)
    {
        if (schema["allOf"] is not JsonArray variants)
            return schema;
        var by = (string)schema["required"]![0]!;
        var word = (string)node[by]!;
        var then = variants.Single(v => v!["if"]!["properties"]![by]!["enum"]!.AsArray()
            .Any(w => (string)w! == word))!["then"]!;
        _wordsOfChoice[then["properties"]![by]!["enum"]!] = schema["properties"]![by]!["enum"]!.AsArray();
        return then;
    }

    // Every properties object that lists keys a file may have.
    private static IEnumerable<JsonNode> Tables(JsonNode schema) => schema switch
    {
        JsonObject found => found
            .Where(member => member.Key == "properties" && found["additionalProperties"] is JsonValue)
            .Select(member => member.Value!)
            .Concat(found.Where(member => member.Key != "if").SelectMany(member => Tables(member.Value!))),
        JsonArray list => list.SelectMany(item => Tables(item!)),
        _ => [],
    };

    private static DefinitionError ErrorWith(JsonNode root, JsonObject found, string key, int value)
    {
        found[key] = value;
        var error = OnlyError(root);
        found.Remove(key);
        return error;
    }

    private static DefinitionError ErrorInstead(JsonNode root, JsonValue word)
    {
        var bad = JsonValue.Create(Wrong);
        word.ReplaceWith(bad);
        var error = OnlyError(root);
        bad.ReplaceWith(word);
        return error;
    }

    private static DefinitionError OnlyError(JsonNode root) => Assert.Single(Assert.IsType<DefinitionReading.Invalid>(
        DefinitionReader.Read(Encoding.UTF8.GetBytes(root.ToJsonString()), "walk.jsonc")).Errors);

    private static string Listed(DefinitionError error, string behind)
    {
        var at = error.Remedy.IndexOf(behind, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{error} lists nothing behind '{behind}'");
        return error.Remedy[(at + behind.Length)..].TrimEnd('.');
    }

    private static string Joined(IEnumerable<string> words) => string.Join(", ", words);
}
