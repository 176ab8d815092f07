using DToC.Twin.Definitions.Reading;

namespace DToC.Twin.Definitions;

/// <summary>
/// Reads a definition file: JSON with comments and trailing commas, checked for shape (types, ranges, words,
/// names, limits) and mapped to records. Whether names lead anywhere and rules compile is checked later.
/// </summary>
public static class DefinitionReader
{
    /// <summary>Reads a definition, or says all that is wrong with its shape.</summary>
    /// <param name="utf8">The file, at most <see cref="DefinitionLimits.FileBytes"/> bytes; a BOM is allowed.</param>
    /// <param name="file">Name of the file for messages.</param>
    /// <returns>
    /// <see cref="DefinitionReading.Read"/>, or <see cref="DefinitionReading.Invalid"/> with at most
    /// <see cref="DefinitionLimits.Errors"/> errors; malformed JSON is one error, at the first place that is wrong.
    /// </returns>
    public static DefinitionReading Read(ReadOnlySpan<byte> utf8, string file)
    {
        var (root, errors) = ShapeCheck.Read(utf8, DefinitionShape.Root, file, DefinitionLimits.FileBytes);
        return root is not null
            ? new DefinitionReading.Read(DefinitionMapping.Definition(new Fields(root)))
            : new DefinitionReading.Invalid(errors);
    }
}
