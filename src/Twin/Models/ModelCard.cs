namespace DToC.Twin.Models;

/// <summary>The range a model saw of an input when it was fitted.</summary>
/// <param name="Name">The input.</param>
/// <param name="Min">The least value seen; NaN when that is not known.</param>
/// <param name="Max">The greatest value seen; NaN when that is not known.</param>
public readonly record struct InputRange(string Name, double Min, double Max)
{
    /// <summary>Of an input of which it is not known what was seen.</summary>
    public static InputRange Unknown(string name) => new(name, double.NaN, double.NaN);

    /// <summary>Whether a value lies outside of what was seen; a missing one does not.</summary>
    public bool IsOutside(double value) => value < Min || value > Max;
}

/// <summary>
/// What a model rests on, for people: who made it of which data, how well it fits, what it is not good for.
/// </summary>
public sealed record ModelCard
{
    /// <summary>A card that says nothing.</summary>
    public static ModelCard Empty { get; } = new();

    /// <summary>What made it, for example <c>dtoc train</c> or <c>LightGBM v4 text</c>.</summary>
    public string? Origin { get; init; }

    /// <summary>When it was fitted or imported; null when that is not said.</summary>
    public Instant? MadeAt { get; init; }

    /// <summary>Start of the data it was fitted on; null when that is not said.</summary>
    public Instant? From { get; init; }

    /// <summary>End of the data it was fitted on; what came later, it never saw.</summary>
    public Instant? Until { get; init; }

    /// <summary>Rows or customers it was fitted on; 0 when that is not said.</summary>
    public long Rows { get; init; }

    /// <summary>Seed of the fit; null when nothing was drawn.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Measures of fit and calibration by name, for example <c>auc</c>.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } =
        new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Known limits, a sentence each.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];
}
