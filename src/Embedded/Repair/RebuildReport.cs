namespace DToC.Embedded.Repair;

/// <summary>What rebuilding a folder saved, and what it could not.</summary>
/// <param name="Partitions">One entry a partition that was rebuilt; none when all were sound.</param>
public sealed record RebuildReport(IReadOnlyList<PartitionRebuild> Partitions)
{
    /// <summary>True when everything was saved.</summary>
    public bool IsWhole => Partitions.All(partition => partition.Losses.Count == 0);
}

/// <summary>What rebuilding one partition saved.</summary>
public sealed record PartitionRebuild
{
    /// <summary>Most losses that are listed by name for one reason; further ones are counted.</summary>
    public const int MostNamed = 100;

    /// <summary>Number of the partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Folder with the damaged file.</summary>
    public required string Aside { get; init; }

    /// <summary>States that could be read and were taken over.</summary>
    public required long StatesKept { get; init; }

    /// <summary>States that could be read, and were folded anew from their journals as asked.</summary>
    public required long StatesRefolded { get; init; }

    /// <summary>States that could not be read and were made anew from what is left of their journals.</summary>
    public required IReadOnlyList<string> StatesRebuilt { get; init; }

    /// <summary>Journal rows taken over.</summary>
    public required long JournalRows { get; init; }

    /// <summary>Rows of table grains taken over.</summary>
    public required long Rows { get; init; }

    /// <summary>What could not be saved: what, whose, and as far as it is known how much.</summary>
    public required IReadOnlyList<string> Losses { get; init; }
}
