namespace DToC.Learn.Simulating;

/// <summary>Whose futures are run: everybody, a segment or some customers, or a sample of those.</summary>
public sealed record PopulationChoice
{
    /// <summary>Most customers that can be named.</summary>
    public const int MostNamed = 10_000;

    /// <summary>Everybody.</summary>
    public static readonly PopulationChoice All = new();

    /// <summary>Name of a segment of the definition: those whose rule holds; null for no such bound.</summary>
    public string? Segment { get; init; }

    /// <summary>Ids of customers; null for no such bound. One merged with another stands for the other.</summary>
    public IReadOnlyList<string>? Customers { get; init; }

    /// <summary>
    /// Most customers: of more, those whose ids have the least hashes under the seed, the same ones each time; null for
    /// all.
    /// </summary>
    public int? Sample { get; init; }

    /// <summary>Seed of the sample, apart from that of the paths.</summary>
    public ulong SampleSeed { get; init; }

    /// <summary>Null when it can be used; else what is wrong and what would be right.</summary>
    /// <param name="segments">Names of the segments there are.</param>
    public string? Problem(IEnumerable<string> segments)
    {
        if (Sample is < 1) return $"population.sample is {Sample}; 1 or more is right, or nothing for all";
        if (Customers is { Count: 0 or > MostNamed } named)
            return $"population.customers names {named.Count}; 1 to {MostNamed} can be named";
        if (Customers?.Any(string.IsNullOrEmpty) == true) return "population.customers has an id of no characters";
        var known = segments.ToList();
        if (Segment is not { } segment || known.Contains(segment, StringComparer.Ordinal)) return null;
        return known.Count == 0
            ? $"population.segment is '{segment}'; the definition has no segments"
            : $"population.segment is '{segment}'; there are {string.Join(", ", known)}";
    }
}
