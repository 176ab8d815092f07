using DToC.Embedded.Storage;

namespace DToC.Embedded.Turns;

/// <summary>
/// Moves the bulk of a long write-ahead log into the file, on a thread and a connection of its own, while commits go
/// on. What they add in the meantime is moved again, less each time; the few pages left at the end are the commit
/// loop's to move between two commits, after which it writes the log from its beginning. Moved by the commit loop
/// alone, a log of 64 MiB would hold up everyone who waits for a commit for a tenth of a second.
/// </summary>
internal sealed class LogMover
{
    // Pages that the commit loop moves in about a millisecond.
    private const int FewPages = 256;
    private const int MaxPasses = 5;

    private readonly Func<Database> _open;
    private readonly Func<long> _pagesWritten;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private Step _step = Step.Rests;

    /// <param name="partition">The number of the partition, for the thread's name.</param>
    /// <param name="open">Opens a connection to the file.</param>
    /// <param name="pagesWritten">Pages that commits have written to the log, ever; asked on this thread.</param>
    public LogMover(int partition, Func<Database> open, Func<long> pagesWritten)
    {
        _open = open;
        _pagesWritten = pagesWritten;
        _thread = new Thread(Run) { IsBackground = true, Name = $"dtoc-log-{partition}" };
    }

    private enum Step
    {
        Rests,
        Moves,
        HasMoved,
        Stops,
    }

    /// <summary>True when all but a few pages have been moved: the rest is for the commit loop.</summary>
    public bool HasMoved
    {
        get
        {
            lock (_gate) return _step == Step.HasMoved;
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Begins to move, if it rests.</summary>
    public void Begin() => Change(Step.Rests, Step.Moves);

    /// <summary>The commit loop has moved the rest.</summary>
    public void Rest() => Change(Step.HasMoved, Step.Rests);

    /// <summary>Waits until it does not move.</summary>
    public void AwaitMove()
    {
        lock (_gate)
        {
            while (_step == Step.Moves) Monitor.Wait(_gate);
        }
    }

    /// <summary>Ends the thread and closes its connection.</summary>
    public void Stop()
    {
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted)) return;
        AwaitMove();
        lock (_gate)
        {
            _step = Step.Stops;
            Monitor.PulseAll(_gate);
        }
        _thread.Join();
    }

    private void Run()
    {
        Database? database = null;
        while (IsAsked())
        {
            try
            {
                Move(database ??= _open());
            }
            catch (StoreException)
            {
                // The commit loop tries the same next, and says what it meets.
                database?.Dispose();
                database = null;
            }
            Change(Step.Moves, Step.HasMoved);
        }
        database?.Dispose();
    }

    private bool IsAsked()
    {
        lock (_gate)
        {
            while (_step is Step.Rests or Step.HasMoved) Monitor.Wait(_gate);
            return _step == Step.Moves;
        }
    }

    private void Move(Database database)
    {
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var before = _pagesWritten();
            database.MoveLog();
            if (_pagesWritten() - before <= FewPages) return;
        }
    }

    private void Change(Step from, Step to)
    {
        lock (_gate)
        {
            if (_step != from) return;
            _step = to;
            Monitor.PulseAll(_gate);
        }
    }
}
