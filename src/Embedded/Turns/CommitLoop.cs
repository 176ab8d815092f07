using DToC.Embedded.Storage;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Turns;

/// <summary>
/// Commits a partition's batches one after the other: long ones on a thread of its own while the next one folds,
/// short ones on the turn loop's thread (<see cref="CommitHere"/>). It shares the partition's gate with the turn loop;
/// members named so are used while holding it.
/// </summary>
internal sealed class CommitLoop
{
    // Times CheckpointPages that the log may have before commits wait for it to be moved.
    private const int MaxLogLengths = 4;

    private readonly Partition _partition;
    private readonly Thread _thread;
    private readonly string _path;
    private readonly LogMover _mover;
    private readonly Doorbell _bell = new();
    private readonly Doorbell _turns;
    private BatchWriter? _writer;
    private Batch? _handed;
    private bool _isBusy;
    private bool _closed;
    private long _lastCommitted;
    private long _commits;
    private long _failedCommits;
    private long _pagesWritten;
    private long _pagesMoved;
    private int _pageLimit;
    private int _appliedPageLimit;
    private volatile string? _problem;
    private volatile string? _logProblem;
    private long? _madeRoomAt;
    private bool _isLogDue;

    public CommitLoop(Partition partition, string path, Database writer, Doorbell turns)
    {
        _partition = partition;
        _turns = turns;
        _writer = new BatchWriter(writer, partition.Host.Seals);
        _path = path;
        _mover = new LogMover(
            partition.Index, () => Database.OpenMover(path, partition.Options), () => Volatile.Read(ref _pagesWritten));
        _thread = new Thread(Run) { IsBackground = true, Name = $"dtoc-commit-{partition.Index}" };
    }

    /// <summary>The newest batch known to be durable.</summary>
    public long LastCommitted => Volatile.Read(ref _lastCommitted);

    public long Commits => Volatile.Read(ref _commits);

    public long FailedCommits => Volatile.Read(ref _failedCommits);

    /// <summary>Why the last commit failed; null after one that did not.</summary>
    public string? Problem => _problem;

    /// <summary>Why the log could not be moved into the file the last time; null after it could.</summary>
    public string? LogProblem => _logProblem;

    /// <summary>Pages the file may have; 0 for no limit. Taken over by the next commit.</summary>
    public int PageLimit
    {
        get => Volatile.Read(ref _pageLimit);
        set => Volatile.Write(ref _pageLimit, value);
    }

    /// <summary>Under the gate: true when a batch may be handed over.</summary>
    public bool IsIdle => _handed is null;

    /// <summary>
    /// Under the gate: true when the loop has done all that follows a commit too, so that the turn loop may use
    /// <see cref="CommitHere"/>.
    /// </summary>
    public bool IsAtRest => _handed is null && !_isBusy;

    /// <summary>
    /// Under the gate: the batch that failed and whose followers must be discarded, or null.
    /// </summary>
    public Batch? Failed { get; private set; }

    public void Start()
    {
        _mover.Start();
        _thread.Start();
    }

    /// <summary>Gives a sealed batch to this loop, which must be idle.</summary>
    public void HandOver(Batch batch)
    {
        lock (_partition.Gate)
        {
            _handed = batch;
            _isBusy = true;
        }
        _bell.Ring();
    }

    /// <summary>
    /// Commits and answers a sealed batch on the turn loop's thread, while this loop is at rest. For a short batch that
    /// is quicker than two threads that wake each other; and what arrives in the meantime makes the next one longer.
    /// </summary>
    public void CommitHere(Batch batch) => Finish(batch);

    /// <summary>Under the gate: the turn loop has discarded what followed the failed batch.</summary>
    public void Discarded() => Failed = null;

    /// <summary>Ends the thread once it is idle, and closes the file.</summary>
    public void Close()
    {
        lock (_partition.Gate) _closed = true;
        _bell.Ring();
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted)) CloseFile();
        else _thread.Join();
        _bell.Dispose();
    }

    private void Run()
    {
        while (Next() is { } batch) Finish(batch);
        CloseFile();
    }

    private Batch? Next()
    {
        for (;;)
        {
            lock (_partition.Gate)
            {
                if (_handed is not null) return _handed;
                _isBusy = false;
                if (_closed) return null;
                _bell.LieDown();
            }
            _bell.Sleep();
        }
    }

    private void Finish(Batch batch)
    {
        var failure = Commit(batch);
        lock (_partition.Gate)
        {
            if (failure is null) Volatile.Write(ref _lastCommitted, batch.Number);
            else Failed = batch;
            _handed = null;
        }
        _turns.Ring();
        _partition.Answer(batch, failure);
        if (failure is null) MoveLogWhenLong();
    }

    /// <summary>Null when durable, otherwise the reason for those who wait.</summary>
    private string? Commit(Batch batch)
    {
        if (!batch.HasWrites) return null;
        try
        {
            _writer ??= new BatchWriter(
                Database.OpenWriter(_path, _partition.Options, create: false), _partition.Host.Seals);
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
            else if (exception.NoRoom) MakeRoom();
            return exception.Reason;
        }
#pragma warning disable CA1031 // the loop must go on whatever a chore throws
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
            return "the commit failed";
        }
        foreach (var (grain, state, _, _, _) in batch.States) batch.Superseded.Add(grain.Commit(state));
        _partition.Segments.Committed(batch);
        Volatile.Write(ref _commits, _commits + 1);
        if (_problem is not null) _partition.Log.CommitsAgain(_partition.Index);
        // Upkeep has probed; what kept commits from their room may have kept the log from its file.
        _isLogDue = _logProblem is not null && batch.Chores.Count > 0;
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

    /// <summary>
    /// With no room for the log to grow, what it holds may still fit into the file; after that the log is written
    /// from its beginning, and commits succeed in the room it has. Tried once in a while: it costs as much as moving
    /// a long log does.
    /// </summary>
    private void MakeRoom()
    {
        var time = _partition.Options.Time;
        if (_madeRoomAt is { } last && time.GetElapsedTime(last) < _partition.Options.UpkeepInterval) return;
        _madeRoomAt = time.GetTimestamp();
        MoveLog();
    }

    private void Abandon()
    {
        _writer?.Dispose();
        _writer = null;
        _pagesMoved = _pagesWritten;
        _appliedPageLimit = 0;
    }

    /// <summary>
    /// Has a long log moved into the file after the answers were given. With one writer, between two of its commits,
    /// a passive move takes all that is left of the log and that no reader still needs, and the next commit starts it
    /// anew.
    /// </summary>
    private void MoveLogWhenLong()
    {
        if (_writer is null) return;
        Volatile.Write(ref _pagesWritten, _pagesWritten + _writer.Database.TakePagesWritten());
        var inLog = _pagesWritten - _pagesMoved;
        var limit = _partition.Options.CheckpointPages;
        if (inLog >= limit) _mover.Begin();
        // Written faster than it is moved, the log would grow for ever.
        if (inLog >= MaxLogLengths * (long)limit) _mover.WaitUntilMoved();
        if (_isLogDue || _mover.HasMoved) MoveLog();
    }

    private void MoveLog()
    {
        if (_writer is null) return;
        try
        {
            _writer.Database.MoveLog();
            _ = _writer.Database.TakePagesWritten();
            _logProblem = null;
        }
        catch (StoreException exception)
        {
            // Nothing is lost: the log stays and is moved later.
            _partition.Log.LogNotMoved(_partition.Index, exception.Reason, exception);
            _logProblem = exception.Reason;
        }
        _pagesMoved = _pagesWritten;
        _mover.Rest();
    }

    private void CloseFile()
    {
        _mover.Stop();
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
