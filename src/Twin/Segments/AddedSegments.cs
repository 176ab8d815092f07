using DToC.Twin.Definitions;
using DToC.Twin.Definitions.Reading;
using DToC.Twin.Plan;

namespace DToC.Twin.Segments;

/// <summary>
/// Segments made beside the definition: an object with a name and the keys that a definition's own have.
/// </summary>
public static class AddedSegments
{
    private static readonly Shape.Record Form = new(
        [Key.Must("name", Shapes.Identifier, "Name of the segment."), .. ModelShape.Segment.Keys],
        ModelShape.Segment.Agreements);

    /// <summary>Reads a segment as it was sent, or says all that is wrong with its shape.</summary>
    /// <param name="utf8">JSON of at most <see cref="DefinitionLimits.SegmentBytes"/> bytes.</param>
    /// <param name="file">Name of the text in errors.</param>
    public static (SegmentDefinition? Segment, IReadOnlyList<DefinitionError> Errors) Read(
        ReadOnlySpan<byte> utf8, string file) =>
        ShapeCheck.Read(utf8, Form, file, DefinitionLimits.SegmentBytes) switch
        {
            (JsoncObject segment, _) => (Of(new Fields(segment)), []),
            var (_, errors) => (null, errors),
        };

    /// <summary>A definition with the segments made beside it, behind its own; and what is wrong with them.</summary>
    internal static (Definition Definition, IReadOnlyList<DefinitionError> Errors) In(
        Definition definition, PlanSource source, string file)
    {
        if (source.Segments.Count == 0) return (definition, []);
        var (segments, errors) = (new List<SegmentDefinition>(definition.Segments), new List<DefinitionError>());
        foreach (var (name, utf8) in source.Segments)
        {
            var (segment, wrong) = Read(utf8.Span, file);
            errors.AddRange(wrong.Select(error => error with { Path = $"{PathOf(name)}.{error.Path}" }));
            if (segment is null) continue;
            if (segment.Name != name || definition.Segments.Any(own => own.Name == name))
            {
                errors.Add(new DefinitionError(
                    file, segment.At, PathOf(name), $"'{segment.Name}' is a segment already",
                    "Give the one made beside the definition another name"));
                continue;
            }
            segments.Add(segment);
        }
        if (segments.Count > DefinitionLimits.Segments)
        {
            errors.Add(new DefinitionError(
                file, new Position(1, 1), "segments", $"There would be {segments.Count} segments",
                $"At most {DefinitionLimits.Segments} are kept; take one away first"));
        }
        return (definition with { Segments = segments }, errors);
    }

    /// <summary>The path of a segment in errors.</summary>
    internal static string PathOf(SegmentDefinition segment) =>
        segment.IsAdded ? PathOf(segment.Name) : $"segments.{segment.Name}";

    private static string PathOf(string added) => $"segments.{added} (made beside the definition)";

    private static SegmentDefinition Of(Fields segment) =>
        DefinitionMapping.Segment(segment.Text("name"), segment, segment.At) with { IsAdded = true };
}
