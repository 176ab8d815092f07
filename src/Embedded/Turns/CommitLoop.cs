using DToC.Embedded.Storage;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Turns;

/// <summary>
/// The thread that commits a partition's batches one after the other while the next one folds. It shares the
/// partition's gate with the turn loop; members named so are used while holding it.
/// </summary>
internal sealed class CommitLoop
{
    private readonly Partition _partition;
    private readonly Thread _thread;
    private readonly Func<Database> _reopen;
    private BatchWriter? _writer;
    private Batch? _handed;
    private bool _closed;
    private long _lastCommitted;
    private long _commits;
    private long _failedCommits;
    private int _pagesInLog;
    private int _pageLimit;
    private int _appliedPageLimit;
    private volatile string? _problem;

    public CommitLoop(Partition partition, Database writer, Func<Database> reopen)
    {
        _partition = partition;
        _writer = new BatchWriter(writer);
        _reopen = reopen;
        _thread = new Thread(Run) { IsBackground = true, Name = $"dtoc-commit-{partition.Index}" };
    }

    /// <summary>The newest batch known to be durable.</summary>
    public long LastCommitted => Volatile.Read(ref _lastCommitted);

    public long Commits => Volatile.Read(ref _commits);

    public long FailedCommits => Volatile.Read(ref _failedCommits);

    /// <summary>Why the last commit failed; null after one that did not.</summary>
    public string? Problem => _problem;

    /// <summary>Pages the file may have; 0 for no limit. Taken over by the next commit.</summary>
    public int PageLimit
    {
        get => Volatile.Read(ref _pageLimit);
        set => Volatile.Write(ref _pageLimit, value);
    }

    /// <summary>Under the gate: true when a batch may be handed over.</summary>
    public bool IsIdle => _handed is null;

    /// <summary>
    /// Under the gate: the batch that failed and whose followers must be discarded, or null.
    /// </summary>
    public Batch? Failed { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Under the gate: gives a sealed batch to this loop, which must be idle.</summary>
    public void HandOver(Batch batch)
    {
        _handed = batch;
        Monitor.PulseAll(_partition.Gate);
    }

    /// <summary>Under the gate: the turn loop has discarded what followed the failed batch.</summary>
    public void Discarded() => Failed = null;

    /// <summary>Ends the thread once it is idle, and closes the file.</summary>
    public void Close()
    {
        lock (_partition.Gate)
        {
            _closed = true;
            Monitor.PulseAll(_partition.Gate);
        }
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted)) CloseFile();
        else _thread.Join();
    }

    private void Run()
    {
        while (Next() is { } batch)
        {
            var failure = Commit(batch);
            lock (_partition.Gate)
            {
                if (failure is null) Volatile.Write(ref _lastCommitted, batch.Number);
                else Failed = batch;
                _handed = null;
                Monitor.PulseAll(_partition.Gate);
            }
            _partition.Answer(batch, failure);
            if (failure is null) MoveLogWhenLong();
        }
        CloseFile();
    }

    private Batch? Next()
    {
        lock (_partition.Gate)
        {
            while (_handed is null && !_closed) Monitor.Wait(_partition.Gate);
            return _handed;
        }
    }

    /// <summary>Null when durable, otherwise the reason for those who wait.</summary>
    private string? Commit(Batch batch)
    {
        if (!batch.HasWrites) return null;
        try
        {
            _writer ??= new BatchWriter(_reopen());
            if (PageLimit != _appliedPageLimit) ApplyPageLimit(_writer.Database);
            var began = _partition.Watch.Mark();
            _writer.Write(batch);
            _partition.Watch.Committed(began);
        }
        catch (StoreException exception)
        {
            Fail(exception);
            // After an I/O error it is unknown what the connection's caches hold.
            if (!exception.KeepsConnection) Abandon();
            return exception.Reason;
        }
#pragma warning disable CA1031 // the loop must go on whatever a chore throws
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
            return "the commit failed";
        }
        foreach (var state in batch.States) state.Grain.Committed = state.State;
        Volatile.Write(ref _commits, _commits + 1);
        if (_problem is not null) _partition.Log.CommitsAgain(_partition.Index);
        _problem = null;
        return null;
    }

    private void ApplyPageLimit(Database database)
    {
        _appliedPageLimit = PageLimit;
        database.Execute($"PRAGMA max_page_count={(_appliedPageLimit > 0 ? _appliedPageLimit : uint.MaxValue - 1)}");
    }

    private void Fail(Exception exception)
    {
        _problem = exception is StoreException store ? store.Reason : "the commit failed";
        Volatile.Write(ref _failedCommits, _failedCommits + 1);
        _partition.Log.CommitFailed(_partition.Index, _problem, exception);
    }

    private void Abandon()
    {
        _writer?.Dispose();
        _writer = null;
        _pagesInLog = 0;
        _appliedPageLimit = 0;
    }

    /// <summary>
    /// Moves the log into the file after the answers were given. With one writer, between two of its commits,
    /// a passive move takes all of the log that no reader still needs, and the next commit starts it anew.
    /// </summary>
    private void MoveLogWhenLong()
    {
        if (_writer is null) return;
        _pagesInLog += _writer.Database.TakePagesWritten();
        if (_pagesInLog < _partition.Options.CheckpointPages) return;
        try
        {
            _writer.Database.MoveLog();
            _ = _writer.Database.TakePagesWritten();
        }
        catch (StoreException exception)
        {
            // Nothing is lost: the log stays and is moved later. But it says that there is no room.
            _partition.Log.LogNotMoved(_partition.Index, exception.Reason, exception);
        }
        _pagesInLog = 0;
    }

    private void CloseFile()
    {
        if (_writer is null) return;
        try
        {
            PartitionFile.Close(_writer.Database);
        }
        catch (StoreException exception)
        {
            // All that was answered is in the log; the next start checks the file.
            _partition.Log.CommitFailed(_partition.Index, exception.Reason, exception);
            _writer.Dispose();
        }
        _writer = null;
    }
}
