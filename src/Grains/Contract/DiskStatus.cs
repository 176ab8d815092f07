namespace DToC.Grains;

/// <summary>What a host knows of the disk it stores on.</summary>
public sealed record DiskStatus
{
    /// <summary>Bytes that may still be written, as of the last look; null when the system does not say.</summary>
    public required long? FreeBytes { get; init; }

    /// <summary>Bytes of the whole file system; null when the system does not say.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>True when less is free than the low-water mark: make room before it is full.</summary>
    public required bool IsLow { get; init; }

    /// <summary>
    /// What the disk does not do at the moment (commits, or moving the log into the file), or null.
    /// </summary>
    public required string? Problem { get; init; }

    /// <summary>Reads since the start that found something not as it was written.</summary>
    public required long DamagedReads { get; init; }
}
