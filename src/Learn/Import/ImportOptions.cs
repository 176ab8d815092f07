using DToC.Twin;
using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>What is to be made of an imported model.</summary>
public sealed record ImportOptions
{
    /// <summary>As the file says.</summary>
    public static ImportOptions AsIs { get; } = new();

    /// <summary>Names of the inputs, in the file's order; null takes the file's own.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>
    /// The output or class to score, from 0. Null is the only one, or the second of two classes; else it must be
    /// told.
    /// </summary>
    public int? Output { get; init; }

    /// <summary>How a margin becomes the score; null takes what the file's objective says.</summary>
    public MarginLink? Link { get; init; }

    /// <summary>How many rounds of boosting to use, from the first; null is all.</summary>
    public int? Rounds { get; init; }

    /// <summary>When it was imported, for the card.</summary>
    public Instant? MadeAt { get; init; }
}
