using System.Diagnostics.CodeAnalysis;
using DToC.Twin.Models;

namespace DToC.Learn.Training;

/// <summary>The words people choose a <see cref="LearntKind"/> by.</summary>
public static class LearntKinds
{
    private static readonly LearntKind[] All = Enum.GetValues<LearntKind>();

    /// <summary>All words, with commas between.</summary>
    public static string Words { get; } = string.Join(", ", All.Select(ModelFields.Written));

    /// <summary>
    /// The kind of a word, in large or small letters: models are stored as <c>bgnbd</c>, and written so in definitions.
    /// </summary>
    public static bool TryParse(string word, [NotNullWhen(true)] out LearntKind? kind)
    {
        kind = null;
        foreach (var known in All)
        {
            if (string.Equals(ModelFields.Written(known), word, StringComparison.OrdinalIgnoreCase)) kind = known;
        }
        return kind is not null;
    }
}
