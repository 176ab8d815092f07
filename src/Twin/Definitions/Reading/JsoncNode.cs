namespace DToC.Twin.Definitions.Reading;

/// <summary>A value of a JSON document with the place of its first character.</summary>
internal abstract record JsoncNode(Position At)
{
    /// <summary>What it is, with its article, for messages.</summary>
    public abstract string Kind { get; }
}

internal sealed record JsoncText(string Value, Position At) : JsoncNode(At)
{
    public override string Kind => "a text";
}

/// <param name="Value">Infinite when the number written is beyond a double.</param>
/// <param name="Written">The number as the author wrote it.</param>
internal sealed record JsoncNumber(double Value, string Written, Position At) : JsoncNode(At)
{
    public override string Kind => "a number";
}

internal sealed record JsoncBoolean(bool Value, Position At) : JsoncNode(At)
{
    public override string Kind => Value ? "true" : "false";
}

internal sealed record JsoncNull(Position At) : JsoncNode(At)
{
    public override string Kind => "null";
}

internal sealed record JsoncList(IReadOnlyList<JsoncNode> Items, Position At) : JsoncNode(At)
{
    public override string Kind => "a list";
}

/// <summary>An object; of a key written twice the first value counts.</summary>
internal sealed record JsoncObject(OrderedDictionary<string, JsoncMember> Members, Position At) : JsoncNode(At)
{
    public override string Kind => "an object";

    public JsoncNode? Find(string key) => Members.TryGetValue(key, out var member) ? member.Value : null;
}

/// <summary>A key, the place of its opening quote, and its value.</summary>
internal readonly record struct JsoncMember(string Key, Position KeyAt, JsoncNode Value);
