using DToC.Twin.Definitions;
using DToC.Twin.Definitions.Reading;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Segments;

/// <summary>
/// What is believed of a segment from elsewhere - a survey, an old report, another market - before anybody in it is
/// known. What it says of scores is the prior of those who come into it.
/// </summary>
/// <param name="Size">How many customers it is thought to have; null when that is not said.</param>
/// <param name="Source">Where this comes from, for people.</param>
/// <param name="Numbers">Mean and deviation over the customers, by feature.</param>
/// <param name="Scores">The same by score.</param>
public sealed record SegmentSeed(
    double? Size, string Source, IReadOnlyDictionary<string, SeededNumber> Numbers,
    IReadOnlyDictionary<string, SeededNumber> Scores)
{
    private static readonly Shape Number = new Shape.Record(
    [
        Key.Must("mean", Shapes.Number, "Mean over the customers, in the unit of the feature or score."),
        Key.May("deviation", Shapes.UpTo(double.MaxValue), "Standard deviation over the customers."),
    ]);

    private static readonly Shape.Record Form = new(
    [
        Key.May("size", new Shape.Number(0, 1e12, Whole: true), "How many customers."),
        Key.May("source", Shapes.Text, "Where this comes from, for people."),
        Key.May("numbers", Shapes.Map(ModelShape.InputName, Limits.Features, Number), "By feature."),
        Key.May("scores", Shapes.Map(TextPattern.Identifier, Limits.Models, Number), "By score."),
    ]);

    /// <summary>Whether nothing is believed.</summary>
    public bool IsEmpty => Size is null && Numbers.Count == 0 && Scores.Count == 0;

    /// <summary>Reads a seed as it was sent, or says all that is wrong with its shape.</summary>
    /// <param name="utf8">JSON of at most <see cref="Limits.SegmentBytes"/> bytes.</param>
    /// <param name="file">Name of the text in errors.</param>
    public static (SegmentSeed? Seed, IReadOnlyList<DefinitionError> Errors) Read(
        ReadOnlySpan<byte> utf8, string file) =>
        ShapeCheck.Read(utf8, Form, file, Limits.SegmentBytes) switch
        {
            (JsoncObject seed, _) => (Of(new Fields(seed)), []),
            var (_, errors) => (null, errors),
        };

    private static SegmentSeed Of(Fields seed) => new(
        seed.NumberOrNull("size"), seed.TextOrNull("source") ?? "", NumbersOf(seed, "numbers"),
        NumbersOf(seed, "scores"));

    private static Dictionary<string, SeededNumber> NumbersOf(Fields seed, string key) => seed
        .Map(key, (name, number, _) =>
            (Name: name, Of: new SeededNumber(number.Number("mean"), number.NumberOrNull("deviation"))))
        .ToDictionary(entry => entry.Name, entry => entry.Of, StringComparer.Ordinal);
}

/// <summary>What is believed of a number over the customers of a segment.</summary>
/// <param name="Mean">Its mean, in the number's unit.</param>
/// <param name="Deviation">Its standard deviation; null when that is not said.</param>
public sealed record SeededNumber(double Mean, double? Deviation);
