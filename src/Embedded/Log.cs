using Microsoft.Extensions.Logging;

namespace DToC.Embedded;

/// <summary>
/// What the host logs: versions and reasons, never payloads. Customers go by <see cref="HostContext.NameOf"/>: what was
/// logged cannot be taken back when one is erased.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information,
        "The data folder was created with {Recorded} partitions, which it keeps; {Asked} were asked for.")]
    public static partial void PartitionsAsRecorded(this ILogger log, int recorded, int asked);

    [LoggerMessage(2, LogLevel.Information, "Partition {Partition} was not closed properly; its pages are checked.")]
    public static partial void NotClosedProperly(this ILogger log, int partition);

    [LoggerMessage(3, LogLevel.Information,
        "Definition {Stored:x16} of the data folder stays in force; {Given:x16} was given for a new folder.")]
    public static partial void StoredDefinitionStays(this ILogger log, ulong stored, ulong given);

    [LoggerMessage(4, LogLevel.Information, "Started {Partitions} partitions on folder {FolderId}.")]
    public static partial void Started(this ILogger log, int partitions, string folderId);

    [LoggerMessage(5, LogLevel.Information, "Stopped; all that was acknowledged is durable.")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(6, LogLevel.Warning, "After {Seconds} s {Messages} messages were still unanswered at the stop.")]
    public static partial void DrainedLate(this ILogger log, double seconds, int messages);

    [LoggerMessage(7, LogLevel.Error, "A commit of partition {Partition} failed: {Reason}. Its messages were refused.")]
    public static partial void CommitFailed(this ILogger log, int partition, string reason, Exception exception);

    [LoggerMessage(8, LogLevel.Information, "Partition {Partition} commits again.")]
    public static partial void CommitsAgain(this ILogger log, int partition);

    [LoggerMessage(9, LogLevel.Warning, "The log of partition {Partition} could not be moved: {Reason}.")]
    public static partial void LogNotMoved(this ILogger log, int partition, string reason, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "A read of partition {Partition} failed: {Reason}.")]
    public static partial void ReadFailed(this ILogger log, int partition, string reason, Exception exception);

    [LoggerMessage(11, LogLevel.Error,
        "The turn of {Key} on {Message} threw {Exception}; nothing of it was kept. {Where}")]
    public static partial void TurnFailed(
        this ILogger log, string key, string message, string exception, string? where);

    [LoggerMessage(12, LogLevel.Error,
        "Effect {Sender}#{Sequence} is set aside until the next start: the turn of {Target} failed on it.")]
    public static partial void EffectSetAside(this ILogger log, string sender, long sequence, string target);

    [LoggerMessage(13, LogLevel.Error, "Wake-up '{Name}' of {Key} is set aside until the next start: its turn failed.")]
    public static partial void WakeUpSetAside(this ILogger log, string key, string name);

    [LoggerMessage(14, LogLevel.Error, "{Key} failed to write a checkpoint; its journal stays beyond its retention.")]
    public static partial void CheckpointFailed(this ILogger log, string key);

    [LoggerMessage(15, LogLevel.Information,
        "Retention removed {Entries} journal payloads of {Keys} grains in partition {Partition}.")]
    public static partial void RetentionApplied(this ILogger log, int partition, int entries, int keys);

    [LoggerMessage(16, LogLevel.Information,
        "Partition {Partition} refolds for definition {Plan:x16} from grain {From} to {To}.")]
    public static partial void RefoldBegins(this ILogger log, int partition, ulong plan, long from, long to);

    [LoggerMessage(17, LogLevel.Information, "Partition {Partition} has refolded for definition {Plan:x16}.")]
    public static partial void RefoldEnds(this ILogger log, int partition, ulong plan);

    [LoggerMessage(18, LogLevel.Error, "{Key} failed to refold; it stays as it was.")]
    public static partial void RefoldFailed(this ILogger log, string key);

    [LoggerMessage(19, LogLevel.Error, "Upkeep of partition {Partition} failed: {Reason}; tried again later.")]
    public static partial void UpkeepFailed(this ILogger log, int partition, string reason, Exception exception);

    [LoggerMessage(20, LogLevel.Critical, "A delivery loop of partition {Partition} ended; the host is not ready.")]
    public static partial void LoopEnded(this ILogger log, int partition, Exception exception);

    [LoggerMessage(21, LogLevel.Information, "Erasure {Token} is complete: {Records} records were removed.")]
    public static partial void Erased(this ILogger log, string token, long records);

    [LoggerMessage(22, LogLevel.Warning, "Erasure {Token} is not complete and goes on later: {Reason}")]
    public static partial void ErasureWaits(this ILogger log, string token, string reason);

    [LoggerMessage(23, LogLevel.Information, "Those of erasure {Token} are let in again, since {Since}.")]
    public static partial void Readmitted(this ILogger log, string token, Twin.Instant since);

    [LoggerMessage(24, LogLevel.Warning, "The vault's log may hold what was erased, and is emptied later: {Reason}")]
    public static partial void VaultLogHeld(this ILogger log, string reason);

    [LoggerMessage(40, LogLevel.Warning,
        "{FreeBytes} bytes are free on the volume of the data folder, less than {LowBytes}: make room.")]
    public static partial void DiskIsLow(this ILogger log, long freeBytes, long lowBytes);

    [LoggerMessage(41, LogLevel.Information, "{FreeBytes} bytes are free on the volume of the data folder again.")]
    public static partial void DiskHasRoom(this ILogger log, long freeBytes);

    [LoggerMessage(43, LogLevel.Information, "Partition {Partition} was upgraded from format {From} to {To}.")]
    public static partial void Upgraded(this ILogger log, int partition, int from, int to);

    [LoggerMessage(42, LogLevel.Error,
        "Partition {Partition} holds something that is not what was written: {What}. Run 'dtoc check'.")]
    public static partial void FoundDamage(this ILogger log, int partition, string what);
}
