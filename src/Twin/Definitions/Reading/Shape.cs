namespace DToC.Twin.Definitions.Reading;

/// <summary>
/// What may stand at a place of a definition file. One table of shapes serves the reader, its messages and the
/// JSON Schema for editors.
/// </summary>
internal abstract record Shape
{
    private Shape()
    {
    }

    public sealed record Text(TextPattern Pattern) : Shape;

    /// <summary>A number from <paramref name="Least"/> (exclusive when <paramref name="Above"/>) to a most.</summary>
    public sealed record Number(double Least, double Most, bool Above = false, bool Whole = false) : Shape;

    /// <summary>One of a few whole numbers.</summary>
    public sealed record Step(IReadOnlyList<int> Steps) : Shape;

    /// <summary>True or false.</summary>
    public sealed record Flag : Shape;

    public sealed record Word(IReadOnlyList<string> Words) : Shape;

    /// <summary>A list that is not empty and, of texts and words, names each once.</summary>
    /// <param name="OrSingle">One item may stand without brackets.</param>
    public sealed record ListOf(Shape Item, int Most, bool OrSingle = false) : Shape;

    /// <summary>An object whose keys the author chooses.</summary>
    public sealed record MapOf(TextPattern Name, Shape Value, int Fewest, int Most) : Shape;

    /// <summary>An object with known keys.</summary>
    public sealed record Record(IReadOnlyList<Key> Keys, IReadOnlyList<Agreement> Agreements) : Shape
    {
        public Record(IReadOnlyList<Key> keys)
            : this(keys, [])
        {
        }

        public Key? Find(string name) => Keys.FirstOrDefault(key => key.Name == name);
    }

    /// <summary>An object whose key <paramref name="By"/> says which other keys it has.</summary>
    public sealed record Choice(string By, string Description, IReadOnlyList<Variant> Variants) : Shape
    {
        public IReadOnlyList<string> Words { get; } = [.. Variants.SelectMany(variant => variant.Words)];

        public Record? Find(string word) =>
            Variants.FirstOrDefault(v => v.Words.Contains(word, StringComparer.Ordinal))?.Record;
    }

    /// <summary>Any JSON object.</summary>
    public sealed record Content : Shape;
}

/// <summary>A key of an object.</summary>
/// <param name="Description">For people, in editors.</param>
internal sealed record Key(string Name, bool Required, Shape Shape, string Description)
{
    public static Key Must(string name, Shape shape, string description) => new(name, true, shape, description);

    public static Key May(string name, Shape shape, string description) => new(name, false, shape, description);
}

/// <summary>The keys, the deciding one included, of an object of one of these kinds.</summary>
internal sealed record Variant(IReadOnlyList<string> Words, Shape.Record Record);

/// <summary>What keys of one object must agree on.</summary>
internal abstract record Agreement
{
    private Agreement()
    {
    }

    /// <summary>Who writes <paramref name="Key"/> must write <paramref name="Other"/>.</summary>
    public sealed record Needs(string Key, string Other) : Agreement;

    /// <summary><paramref name="Key"/> is needed when another key says <paramref name="Word"/>.</summary>
    public sealed record NeededFor(string Key, string By, string Word) : Agreement;

    /// <summary>One number is not above another.</summary>
    public sealed record NotAbove(string Low, string High) : Agreement;

    /// <summary>Two texts differ.</summary>
    public sealed record Differ(string One, string Other) : Agreement;
}
