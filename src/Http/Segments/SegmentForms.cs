using System.Text.Json.Serialization;
using DToC.Twin.Definitions;
using DToC.Twin.Segments;

namespace DToC.Http.Segments;

/// <summary>A segment as it is told by its rule.</summary>
/// <param name="Purpose">The purpose it serves.</param>
/// <param name="Rule">Holds for its members.</param>
/// <param name="Origin">Who made it: definition, or beside it.</param>
internal sealed record SegmentRuleForm(
    string Name, string Purpose, string Rule, string Description, SegmentOrigin Origin)
{
    /// <summary>A segment as it is shown.</summary>
    public static SegmentRuleForm Of(SegmentDefinition segment) => new(
        segment.Name, segment.Purpose.Name, segment.Rule.Text, segment.Description,
        segment.IsAdded ? SegmentOrigin.Added : SegmentOrigin.Definition);
}

/// <summary>Where a segment stands.</summary>
internal enum SegmentOrigin
{
    /// <summary>In the definition.</summary>
    Definition,

    /// <summary>Beside it: made, and taken away, over the API.</summary>
    Added,
}

/// <summary>What is believed of a segment and was not counted.</summary>
/// <param name="Size">How many customers; null when that was not said.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Numbers">By feature.</param>
/// <param name="Scores">By score.</param>
internal sealed record SeedForm(
    double? Size, string Source, IReadOnlyDictionary<string, SeededNumberForm> Numbers,
    IReadOnlyDictionary<string, SeededNumberForm> Scores)
{
    /// <summary>A seed as it is shown.</summary>
    public static SeedForm Of(SegmentSeed seed) => new(seed.Size, seed.Source, Of(seed.Numbers), Of(seed.Scores));

    private static Dictionary<string, SeededNumberForm> Of(IReadOnlyDictionary<string, SeededNumber> numbers) =>
        numbers.ToDictionary(
            number => number.Key, number => new SeededNumberForm(number.Value.Mean, number.Value.Deviation),
            StringComparer.Ordinal);
}

/// <summary>A mean that is believed, with its deviation over customers where that was said.</summary>
internal sealed record SeededNumberForm(
    double Mean, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Deviation);
