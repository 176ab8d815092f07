using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace DToC.Embedded.Storage;

/// <summary>Creates, opens, checks and closes the file of a partition.</summary>
internal static class PartitionFile
{
    private const int InstructionsBetweenLooks = 10_000;

    /// <summary>
    /// Creates the file of a new folder. May be called again after a crash in the middle of it.
    /// </summary>
    public static void Create(DataFolder folder, int partition, EmbeddedOptions options)
    {
        using var database = Database.OpenWriter(folder.FileOf(partition), options, create: true);
        database.Execute($"""
            BEGIN IMMEDIATE;
            {Schema.Create}
            INSERT OR REPLACE INTO meta(name, value) VALUES
                ('folder', '{folder.Id}'), ('partition', {partition}), ('partitions', {folder.Partitions}),
                ('clean', 1), ('refolded_plan', {unchecked((long)options.InitialPlan.Hash)});
            PRAGMA application_id={Schema.ApplicationId};
            PRAGMA user_version={Schema.Version};
            COMMIT;
            """);
    }

    /// <summary>Opens the file for writing after its checks, and notes that it is open.</summary>
    /// <exception cref="DataFolderException">The file is missing, damaged, newer or of another
    /// folder.</exception>
    public static Database Open(DataFolder folder, int partition, EmbeddedOptions options, ILogger log)
    {
        var path = folder.FileOf(partition);
        if (!File.Exists(path))
        {
            throw new DataFolderException(
                $"'{path}' is missing. Restore the folder from a backup; it is never created anew by itself.");
        }
        Database? database = null;
        try
        {
            database = Database.OpenWriter(path, options, create: false);
            CheckIdentity(database, path, folder, partition);
            Upgrade(database, partition, log);
            if (database.Number("SELECT value FROM meta WHERE name='clean'") != 1)
            {
                log.NotClosedProperly(partition);
                CheckPages(database, path, options.CheckLimit);
            }
            database.Execute("UPDATE meta SET value=0 WHERE name='clean'");
            return database;
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            database?.Dispose();
            throw Damage(path, exception.Message, exception);
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>Notes that everything was written, and moves the log into the file.</summary>
    public static void Close(Database database)
    {
        database.Execute("UPDATE meta SET value=1 WHERE name='clean'; PRAGMA wal_checkpoint(TRUNCATE);");
        database.Dispose();
    }

    private static void CheckIdentity(Database database, string path, DataFolder folder, int partition)
    {
        var application = database.Number("PRAGMA application_id");
        if (application != Schema.ApplicationId)
        {
            throw new DataFolderException(
                $"'{path}' is a database of another program (application id {application}). Move it elsewhere and "
                + "restore the partition's own file from a backup.");
        }
        var version = database.Number("PRAGMA user_version");
        if (version is not (>= Schema.Oldest and <= Schema.Version))
        {
            throw new DataFolderException(
                $"'{path}' has schema version {version}; this build reads {Schema.Oldest} to {Schema.Version}. "
                + "Start the release that wrote it.");
        }
        var owner = database.Text("SELECT value FROM meta WHERE name='folder'");
        var number = database.Number("SELECT value FROM meta WHERE name='partition'");
        if (owner != folder.Id || number != partition)
        {
            throw new DataFolderException(string.Create(CultureInfo.InvariantCulture,
                $"'{path}' is partition {number} of folder {owner}, not partition {partition} of {folder.Id}. "
                + $"Files of different folders were mixed; restore this folder from one backup."));
        }
    }

    /// <summary>Leads a file of an older format to today's; killed in between, it is still the older one.</summary>
    private static void Upgrade(Database database, int partition, ILogger log)
    {
        var format = (int)(database.Number("PRAGMA user_version") ?? 0);
        if (format == Schema.Version) return;
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            for (var step = format; step < Schema.Version; step++) database.Execute(Schema.StepFrom(step));
            database.Execute($"PRAGMA user_version={Schema.Version}; COMMIT;");
        }
        catch
        {
            database.RollBack();
            throw;
        }
        log.Upgraded(partition, format, Schema.Version);
    }

    /// <summary>Looks at pages for a bounded time: a large file is not read whole at every restart.</summary>
    private static void CheckPages(Database database, string path, TimeSpan limit)
    {
        var begun = Stopwatch.GetTimestamp();
        raw.sqlite3_progress_handler(
            database.Handle, InstructionsBetweenLooks, _ => Stopwatch.GetElapsedTime(begun) > limit ? 1 : 0, null);
        try
        {
            var verdict = database.Text("PRAGMA quick_check(1)");
            if (verdict is not ("ok" or null)) throw Damage(path, verdict, null);
        }
        catch (StoreException exception) when (exception.Code == raw.SQLITE_INTERRUPT)
        {
            // The time is up; what was looked at was sound, and the rest is checked when it is read.
        }
        finally
        {
            raw.sqlite3_progress_handler(database.Handle, 0, null, null);
        }
    }

    private static DataFolderException Damage(string path, string finding, Exception? cause) => new(
        $"'{path}' is damaged: {finding}. Nothing was changed. Run 'dtoc check' for the extent, then restore a "
        + "backup or rebuild the states from the journal with 'dtoc rebuild'.", cause);
}
