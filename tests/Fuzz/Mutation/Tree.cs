using System.Text;
using System.Text.Json;

namespace DToC.Fuzz.Mutation;

/// <summary>A JSON text taken apart so that it can be put together wrongly: leaves are any text.</summary>
internal sealed class Tree
{
    private readonly bool _isObject;
    private readonly string? _leaf;

    private Tree(string? leaf, bool isObject) => (_leaf, _isObject) = (leaf, isObject);

    /// <summary>Members or elements; an element's name is not written. A name is JSON text, quotes and all.</summary>
    public List<(string Name, Tree Value)> Parts { get; } = [];

    public bool IsLeaf => _leaf is not null;

    public static Tree Leaf(string text) => new(text, isObject: false);

    public static Tree Within(bool isObject, params IEnumerable<Tree> parts)
    {
        var tree = new Tree(null, isObject);
        tree.Parts.AddRange(parts.Select(part => ("\"x\"", part)));
        return tree;
    }

    public static Tree Parse(string json)
    {
        using var document = JsonDocument.Parse(
            json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return Of(document.RootElement);
    }

    /// <summary>This node and all below it that have parts.</summary>
    public IEnumerable<Tree> Containers() =>
        IsLeaf ? [] : Parts.SelectMany(part => part.Value.Containers()).Prepend(this);

    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        Write(text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static Tree Of(JsonElement element)
    {
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return Leaf(element.GetRawText());
        var tree = new Tree(null, element.ValueKind == JsonValueKind.Object);
        if (tree._isObject)
        {
            foreach (var member in element.EnumerateObject())
                tree.Parts.Add(($"\"{JsonEncodedText.Encode(member.Name)}\"", Of(member.Value)));
        }
        else
        {
            foreach (var part in element.EnumerateArray()) tree.Parts.Add(("\"x\"", Of(part)));
        }
        return tree;
    }

    private void Write(StringBuilder text)
    {
        if (_leaf is not null)
        {
            text.Append(_leaf);
            return;
        }
        text.Append(_isObject ? '{' : '[');
        for (var i = 0; i < Parts.Count; i++)
        {
            if (i > 0) text.Append(',');
            if (_isObject) text.Append(Parts[i].Name).Append(':');
            Parts[i].Value.Write(text);
        }
        text.Append(_isObject ? '}' : ']');
    }
}
