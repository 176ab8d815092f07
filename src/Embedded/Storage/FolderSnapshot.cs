using System.Diagnostics;
using DToC.Embedded.Sealing;
using SQLitePCL;

namespace DToC.Embedded.Storage;

/// <summary>
/// All partitions of a folder as they were at one moment, read beside the process that writes them. An effect that
/// one file has sent away and no longer holds is in the other: for that the moment must be one for all files. So the
/// write locks of all are held together, for as long as it takes to begin a read in each, which is when the
/// write-ahead log fixes what that read sees; then they are let go, and writing goes on.
/// </summary>
internal sealed class FolderSnapshot : IDisposable
{
    // Commits of the running process wait meanwhile; rather than that for long, all are let go and tried again.
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(500);

    private readonly StoreReader?[] _readers;
    private readonly Exception?[] _failures;
    private readonly Seals _seals;

    private FolderSnapshot(int count, Seals seals)
    {
        _seals = seals;
        _readers = new StoreReader?[count];
        _failures = new Exception?[count];
    }

    /// <summary>Partitions of the folder.</summary>
    public int Partitions => _readers.Length;

    /// <summary>How long the write locks were held.</summary>
    public TimeSpan Held { get; private set; }

    /// <summary>The partition at that moment; null when its file cannot be opened.</summary>
    public StoreReader? Find(int partition) => _readers[partition];

    /// <summary>Why a partition cannot be opened, or null.</summary>
    public Exception? FailureOf(int partition) => _failures[partition];

    /// <summary>Opens all partitions that can be opened.</summary>
    /// <exception cref="StoreException">The files were held by another process for too long.</exception>
    public static FolderSnapshot Open(string folder, int partitions, EmbeddedOptions options, Seals seals)
    {
        var snapshot = new FolderSnapshot(partitions, seals);
        var holders = new Database?[partitions];
        try
        {
            for (var i = 0; i < partitions; i++)
                snapshot.Open(Path.Combine(folder, DataFolder.NameOf(i)), i, holders, options);
            snapshot.Begin(holders, options.LockWait);
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
        finally
        {
            foreach (var holder in holders) holder?.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var reader in _readers) reader?.Dispose();
    }

    private void Open(string path, int partition, Database?[] holders, EmbeddedOptions options)
    {
        try
        {
            if (!File.Exists(path)) throw new DataFolderException($"'{path}' is missing.");
            holders[partition] = Database.OpenBeside(path, options);
            // Not to write, but to keep others from writing.
            holders[partition]!.Execute("PRAGMA query_only=OFF"); // was opened just before
            // Polled: SQLite's own waiting sleeps longer than a busy writer leaves the lock free.
            _ = raw.sqlite3_busy_timeout(holders[partition]!.Handle, 0); // was opened just before
            _readers[partition] = new StoreReader(Database.OpenBeside(path, options), _seals);
        }
        catch (Exception exception) when (exception is StoreException or DataFolderException)
        {
            _failures[partition] = exception;
            holders[partition]?.Dispose();
            holders[partition] = null;
        }
    }

    private void Begin(Database?[] holders, TimeSpan limit)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!TryBegin(holders, limit))
        {
            foreach (var holder in holders) holder?.RollBack();
            if (Stopwatch.GetElapsedTime(begun) > limit)
            {
                throw new StoreException(raw.SQLITE_BUSY,
                    $"Not all files could be locked together within {limit.TotalSeconds:0} s; try again.");
            }
            Thread.Yield();
        }
    }

    private bool TryBegin(Database?[] holders, TimeSpan limit)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < holders.Length; i++)
        {
            while (holders[i] is { } holder && !TryLock(i, holder, ref holders[i]))
            {
                // The first lock is waited for while nothing is held.
                if (Stopwatch.GetElapsedTime(begun) > (i == 0 ? limit : LongestHold)) return false;
                Thread.Yield();
            }
            if (i == 0) begun = Stopwatch.GetTimestamp();
        }
        for (var i = 0; i < _readers.Length; i++) BeginRead(i);
        foreach (var holder in holders) holder?.RollBack();
        Held = Stopwatch.GetElapsedTime(begun);
        return true;
    }

    private bool TryLock(int partition, Database holder, ref Database? kept)
    {
        try
        {
            holder.Execute("BEGIN IMMEDIATE");
            return true;
        }
        catch (StoreException exception) when (exception.Code == raw.SQLITE_BUSY)
        {
            return false;
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            _failures[partition] = exception;
            holder.Dispose();
            kept = null;
            return true;
        }
    }

    private void BeginRead(int partition)
    {
        if (_readers[partition] is not { } reader) return;
        try
        {
            // A read transaction begins with the first read, not with BEGIN.
            reader.Database.Execute("BEGIN; SELECT count(*) FROM meta;");
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            _failures[partition] = exception;
            reader.Dispose();
            _readers[partition] = null;
        }
    }
}
