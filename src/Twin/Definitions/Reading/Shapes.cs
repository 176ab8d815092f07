namespace DToC.Twin.Definitions.Reading;

/// <summary>Small shapes that many tables name.</summary>
internal static class Shapes
{
    public static readonly Shape Text = new Shape.Text(TextPattern.Text);
    public static readonly Shape Rule = new Shape.Text(TextPattern.Rule);
    public static readonly Shape Name = new Shape.Text(TextPattern.Name);
    public static readonly Shape Identifier = new Shape.Text(TextPattern.Identifier);
    public static readonly Shape EventName = new Shape.Text(TextPattern.EventName);
    public static readonly Shape Flag = new Shape.Flag();
    public static readonly Shape Number = new Shape.Number(-double.MaxValue, double.MaxValue);
    public static readonly Shape AboveZero = new Shape.Number(0, double.MaxValue, Above: true);

    /// <summary>One name or a list of names.</summary>
    public static Shape Names(Shape item) => new Shape.ListOf(item, DefinitionLimits.NamesPerList, OrSingle: true);

    public static Shape Whole(int least, int most) => new Shape.Number(least, most, Whole: true);

    public static Shape UpTo(double most) => new Shape.Number(0, most);

    public static Shape AboveZeroUpTo(double most) => new Shape.Number(0, most, Above: true);

    public static Shape Word<T>()
        where T : struct, Enum => new Shape.Word(EnumWords<T>.All);

    public static Shape Map(TextPattern name, int most, Shape value, int fewest = 0) =>
        new Shape.MapOf(name, value, fewest, most);

    /// <summary>A variant: the deciding key, the keys all variants share, and its own.</summary>
    public static Variant Variant(
        IReadOnlyList<string> words, string by, string description, IEnumerable<Key> shared, IEnumerable<Key> own,
        params IReadOnlyList<Agreement> agreements)
    {
        var deciding = Key.Must(by, new Shape.Word(words), description);
        return new Variant(words, new Shape.Record([deciding, .. shared, .. own], agreements));
    }
}
