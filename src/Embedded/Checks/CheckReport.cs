namespace DToC.Embedded.Checks;

/// <summary>What a check of a data folder found.</summary>
public sealed record CheckReport
{
    /// <summary>Most findings that are listed; further ones are counted.</summary>
    public const int MostFindings = 1_000;

    /// <summary>The folder's full path.</summary>
    public required string Folder { get; init; }

    /// <summary>Id of the folder.</summary>
    public required string FolderId { get; init; }

    /// <summary>Format of its files.</summary>
    public required int Format { get; init; }

    /// <summary>One entry a partition.</summary>
    public required IReadOnlyList<PartitionFigures> Partitions { get; init; }

    /// <summary>What is not as it should be, the first <see cref="MostFindings"/>.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>All findings, listed or not.</summary>
    public required long FindingCount { get; init; }

    /// <summary>Seconds the check took.</summary>
    public required double Seconds { get; init; }

    /// <summary>True when nothing was found.</summary>
    public bool IsSound => FindingCount == 0;
}

/// <summary>What was looked at in a partition.</summary>
public sealed record PartitionFigures
{
    /// <summary>Number of the partition, from 0.</summary>
    public required int Partition { get; init; }

    /// <summary>States.</summary>
    public long Grains { get; set; }

    /// <summary>Journal rows, emptied ones among them.</summary>
    public long JournalRows { get; set; }

    /// <summary>Rows of table grains.</summary>
    public long Rows { get; set; }

    /// <summary>Published effects that are kept.</summary>
    public long Outbox { get; set; }

    /// <summary>Effects on their way to other grains.</summary>
    public long Sends { get; set; }

    /// <summary>Wake-ups asked for.</summary>
    public long WakeUps { get; set; }

    /// <summary>Contents that are sealed, all tables together.</summary>
    public long Sealed { get; set; }

    /// <summary>Rows without a checksum: written by format 1, or emptied after their retention.</summary>
    public long WithoutChecksum { get; set; }

    /// <summary>Twins that were compared with a refold of their journal; 0 unless asked for.</summary>
    public long Refolded { get; set; }
}

/// <summary>Something that is not as it should be.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Partition">In which partition; null for the folder.</param>
/// <param name="What">What, where, and what would be right; ids, no payloads.</param>
public sealed record Finding(FindingKind Kind, int? Partition, string What);

/// <summary>Kinds of finding.</summary>
public enum FindingKind
{
    /// <summary>A file is missing, of another folder, or of another format.</summary>
    Identity,

    /// <summary>Pages of a file do not have the form they should.</summary>
    Pages,

    /// <summary>A row's content is not what its checksum says.</summary>
    Checksum,

    /// <summary>A sealed row cannot be opened: it was moved, or its key was destroyed.</summary>
    Seal,

    /// <summary>A grain lies in a partition where nobody looks for it, or under a key that cannot be.</summary>
    Placement,

    /// <summary>A state, message or definition cannot be read by this build.</summary>
    Unreadable,

    /// <summary>A journal's chain is not whole, or its rows belong to nobody.</summary>
    Journal,

    /// <summary>Numbers that should rise together do not.</summary>
    Sequence,

    /// <summary>A row refers to something that is not there.</summary>
    Reference,

    /// <summary>A state is not what its journal gives.</summary>
    Refold,
}
