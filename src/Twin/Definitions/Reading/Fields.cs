namespace DToC.Twin.Definitions.Reading;

/// <summary>
/// Reads the members of an object whose shape was checked: a key of another type, or a needed key that is
/// absent, is a fault of the tables and throws.
/// </summary>
internal readonly struct Fields(JsoncObject node)
{
    /// <summary>Where the object begins.</summary>
    public Position At => node.At;

    public bool Has(string key) => node.Find(key) is not null;

    public Fields Of(string key) => new(Member<JsoncObject>(key));

    public string Text(string key) => Member<JsoncText>(key).Value;

    public string? TextOrNull(string key) => Has(key) ? Text(key) : null;

    public Named Named(string key) => NameOf(Member<JsoncText>(key));

    public Named? NamedOrNull(string key) => Has(key) ? Named(key) : null;

    /// <summary>The names of a list, one for a single text, none when absent.</summary>
    public IReadOnlyList<Named> Names(string key) => node.Find(key) switch
    {
        null => [],
        JsoncText single => [NameOf(single)],
        _ => [.. Member<JsoncList>(key).Items.Cast<JsoncText>().Select(NameOf)],
    };

    public RuleText Rule(string key)
    {
        var text = Member<JsoncText>(key);
        return new RuleText(text.Value, text.At with { Column = text.At.Column + 1 });
    }

    public RuleText? RuleOrNull(string key) => Has(key) ? Rule(key) : null;

    public double Number(string key) => Member<JsoncNumber>(key).Value;

    public double Number(string key, double otherwise) => Has(key) ? Number(key) : otherwise;

    public double? NumberOrNull(string key) => Has(key) ? Number(key) : null;

    public int Whole(string key) => (int)Number(key);

    public int Whole(string key, int otherwise) => Has(key) ? Whole(key) : otherwise;

    public bool Flag(string key, bool otherwise) => Has(key) ? Member<JsoncBoolean>(key).Value : otherwise;

    public T Word<T>(string key)
        where T : struct, Enum => EnumWords<T>.Parse(Text(key));

    public T Word<T>(string key, T otherwise)
        where T : struct, Enum => Has(key) ? Word<T>(key) : otherwise;

    /// <summary>The object as compact JSON, or null.</summary>
    public string? JsonOrNull(string key) => node.Find(key) is { } found ? CompactJson.TextOf(found) : null;

    /// <summary>The entries of a map of objects in the order of the file; none when absent.</summary>
    public IReadOnlyList<T> Map<T>(string key, Func<string, Fields, Position, T> read) => Has(key)
        ? [.. Member<JsoncObject>(key).Members.Values.Select(m => read(m.Key, new((JsoncObject)m.Value), m.KeyAt))]
        : [];

    /// <summary>The entries of a map of numbers or texts in the order of the file; none when absent.</summary>
    public IReadOnlyList<T> Values<TNode, T>(string key, Func<Named, TNode, T> read)
        where TNode : JsoncNode => Has(key)
        ? [.. Member<JsoncObject>(key).Members.Values.Select(m => read(new(m.Key, m.KeyAt), (TNode)m.Value))]
        : [];

    /// <summary>The objects of a list; none when absent.</summary>
    public IReadOnlyList<T> List<T>(string key, Func<Fields, T> read) =>
        Has(key) ? [.. Member<JsoncList>(key).Items.Select(item => read(new((JsoncObject)item)))] : [];

    private static Named NameOf(JsoncText text) => new(text.Value, text.At);

    private T Member<T>(string key)
        where T : JsoncNode => node.Find(key) as T
        ?? throw new InvalidOperationException($"'{key}' at {node.At} is not what its shape promises.");
}
