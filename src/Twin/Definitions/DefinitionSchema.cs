using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Twin.Definitions.Reading;

namespace DToC.Twin.Definitions;

/// <summary>
/// The JSON Schema (draft 2020-12) that editors complete and check definition files with, made of the same table
/// of keys the reader reads by. The reader also checks what a schema cannot say: min against max, equal quiet
/// hours, duplicate keys, the size of content.
/// </summary>
public static class DefinitionSchema
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of <c>definitions/definition.schema.json</c>, with a newline at its end.</summary>
    public static string Text()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Definition of a customer's digital twin",
            ["allowTrailingCommas"] = true, // understood by editors that speak JSON with comments
        };
        foreach (var (keyword, value) in Of(DefinitionShape.Root).ToList())
            schema[keyword] = value?.DeepClone();
        return schema.ToJsonString(Layout) + "\n";
    }

    private static JsonObject Of(Shape shape) => shape switch
    {
        Shape.Text text => OfText(text.Pattern),
        Shape.Word word => new JsonObject { ["enum"] = Strings(word.Words) },
        Shape.Step step => new JsonObject { ["enum"] = new JsonArray([.. step.Steps.Select(s => (JsonNode)s)]) },
        Shape.Number number => OfNumber(number),
        Shape.Flag => new JsonObject { ["type"] = "boolean" },
        Shape.ListOf list => OfList(list),
        Shape.MapOf map => OfMap(map),
        Shape.Record record => OfRecord(record),
        Shape.Choice choice => OfChoice(choice),
        _ => new JsonObject { ["type"] = "object" },
    };

    private static JsonObject OfText(TextPattern pattern)
    {
        var schema = new JsonObject { ["type"] = "string", ["maxLength"] = pattern.Longest };
        if (pattern.Pattern is not null)
            schema["pattern"] = $"^(?:{pattern.Pattern})$";
        return schema;
    }

    private static JsonObject OfNumber(Shape.Number number)
    {
        var schema = new JsonObject { ["type"] = number.Whole ? "integer" : "number" };
        if (number.Least > -double.MaxValue)
            schema[number.Above ? "exclusiveMinimum" : "minimum"] = number.Least;
        if (number.Most < double.MaxValue)
            schema["maximum"] = number.Most;
        return schema;
    }

    private static JsonObject OfList(Shape.ListOf list)
    {
        var several = new JsonObject
        {
            ["type"] = "array",
            ["minItems"] = 1,
            ["maxItems"] = list.Most,
            ["items"] = Of(list.Item),
        };
        if (list.Item is Shape.Text or Shape.Word)
            several["uniqueItems"] = true;
        return list.OrSingle ? new JsonObject { ["anyOf"] = new JsonArray(Of(list.Item), several) } : several;
    }

    private static JsonObject OfMap(Shape.MapOf map)
    {
        var schema = new JsonObject { ["type"] = "object", ["maxProperties"] = map.Most };
        if (map.Fewest > 0)
            schema["minProperties"] = map.Fewest;
        schema["propertyNames"] = OfText(map.Name);
        schema["additionalProperties"] = Of(map.Value);
        return schema;
    }

    private static JsonObject OfRecord(Shape.Record record)
    {
        var properties = new JsonObject();
        foreach (var key in record.Keys)
            properties[key.Name] = Described(Of(key.Shape), key.Description);
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        var required = record.Keys.Where(key => key.Required).Select(key => key.Name).ToList();
        if (required.Count > 0)
            schema["required"] = Strings(required);
        schema["additionalProperties"] = false;

        foreach (var needs in record.Agreements.OfType<Agreement.Needs>())
        {
            schema.TryAdd("dependentRequired", new JsonObject());
            schema["dependentRequired"]![needs.Key] = Strings([needs.Other]); // added above
        }

        foreach (var (key, by, word) in record.Agreements.OfType<Agreement.NeededFor>())
        {
            schema["if"] = Says(by, [word]);
            schema["then"] = new JsonObject { ["required"] = Strings([key]) };
        }

        return schema;
    }

    // "if ... then" and not "oneOf": an editor then names the wrong key and not "no alternative fits".
    private static JsonObject OfChoice(Shape.Choice choice)
    {
        var variants = choice.Variants.Select(variant => (JsonNode)new JsonObject
        {
            ["if"] = Says(choice.By, variant.Words),
            ["then"] = OfRecord(variant.Record),
        });
        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = Strings([choice.By]),
            ["properties"] = new JsonObject
            {
                [choice.By] = Described(new JsonObject { ["enum"] = Strings(choice.Words) }, choice.Description),
            },
            ["allOf"] = new JsonArray([.. variants]),
        };
    }

    private static JsonObject Says(string key, IReadOnlyList<string> words) => new()
    {
        ["required"] = Strings([key]),
        ["properties"] = new JsonObject { [key] = new JsonObject { ["enum"] = Strings(words) } },
    };

    private static JsonObject Described(JsonObject schema, string description)
    {
        schema.Insert(0, "description", description);
        return schema;
    }

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
