using System.Globalization;
using DToC.Embedded.Checks;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;

namespace DToC.Embedded.Repair;

/// <summary>What a repartitioning moved.</summary>
/// <param name="From">Partitions before.</param>
/// <param name="To">Partitions now.</param>
/// <param name="Grains">States moved.</param>
/// <param name="JournalRows">Journal rows moved.</param>
/// <param name="Aside">Folder with the files as they were before.</param>
public sealed record RepartitionReport(int From, int To, long Grains, long JournalRows, string Aside);

/// <summary>
/// Spreads a data folder over another number of files. The new files are written and checked beside the old ones and
/// then take their place as one; the old ones are kept. Cursors do not lead from the old files into the new ones, so
/// the folder gets a new id and subscribers begin again with all that is kept; effects keep their ids.
/// </summary>
public static class FolderRepartition
{
    /// <summary>Repartitions a folder that no process uses.</summary>
    /// <param name="options">The folder, the kinds of grain, and how definitions are compiled.</param>
    /// <param name="partitions">Files from now on, 1 to 256.</param>
    /// <param name="cancellation">Gives up; the folder is as it was.</param>
    /// <exception cref="DataFolderException">The folder is in use, not sound, or has so many files.</exception>
    /// <exception cref="StoreException">A file could not be read or written; the folder is as it was.</exception>
    public static RepartitionReport Run(EmbeddedOptions options, int partitions, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, 256);
        using var folder = DataFolder.OpenExisting(options.DataFolder);
        if (folder.Partitions == partitions)
            throw new DataFolderException($"'{folder.Location}' has {partitions} partitions.");
        var before = FolderCheck.Run(options, deep: false, cancellation);
        if (!before.IsSound)
        {
            throw new DataFolderException(
                $"'{folder.Location}' is not sound ({before.Findings[0].What}). Run 'dtoc check', then restore or "
                + "rebuild.");
        }
        var prepared = FolderSwap.Prepare(folder.Location);
        var record = folder.Record with { FolderId = DataFolder.NewId(), Partitions = partitions, Ancestors = null };
        List<Database> old = [];
        try
        {
            for (var i = 0; i < folder.Partitions; i++) old.Add(Database.OpenBeside(folder.FileOf(i), options));
            using var move = new KeyMove(old, prepared, record, options);
            move.Run(cancellation);
        }
        finally
        {
            foreach (var database in old) database.Dispose();
        }
        record.Write(prepared);
        var moved = options with { DataFolder = prepared, VaultFolder = VaultFile.FolderOf(options) };
        Verify(before, FolderCheck.Run(moved, deep: false, cancellation));
        cancellation.ThrowIfCancellationRequested();
        var aside = AsideName("before-repartition", options.Time);
        new FolderSwap(
            aside, [.. FolderSwap.FilesOf(folder.Location, folder.Partitions), FolderRecord.Name],
            [.. Enumerable.Range(0, partitions).Select(DataFolder.NameOf), FolderRecord.Name]).Run(folder.Location);
        return new RepartitionReport(
            folder.Partitions, partitions, before.Partitions.Sum(p => p.Grains),
            before.Partitions.Sum(p => p.JournalRows), Path.Combine(folder.Location, aside));
    }

    /// <summary>A name for a folder of files that were put aside: why, and when.</summary>
    internal static string AsideName(string why, TimeProvider time) => string.Create(
        CultureInfo.InvariantCulture, $"{why}-{time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");

    private static void Verify(CheckReport before, CheckReport after)
    {
        if (!after.IsSound)
            throw new InvalidDataException(
                $"The new files are not sound, so the old ones stay: {after.Findings[0].What}");
        if (Totals(before) != Totals(after))
            throw new InvalidDataException("The new files do not hold what the old ones do, so the old ones stay.");
    }

    private static (long, long, long, long, long, long) Totals(CheckReport report) => (
        report.Partitions.Sum(p => p.Grains), report.Partitions.Sum(p => p.JournalRows),
        report.Partitions.Sum(p => p.Rows), report.Partitions.Sum(p => p.Outbox),
        report.Partitions.Sum(p => p.Sends), report.Partitions.Sum(p => p.WakeUps));
}
