using DToC.Embedded.Storage;
using DToC.Twin;

namespace DToC.Embedded.Turns;

/// <summary>
/// The thread that runs a partition's turns. It fills a batch while the one before commits, hands it over as
/// soon as the commit loop is free, and discards it when the one before failed, as it stands on what was not
/// kept. A short batch it commits itself.
/// </summary>
internal sealed class TurnLoop
{
    // Up to so many turns are run in less time than it takes to wake another thread twice.
    private const int ShortBatch = 64;

    private enum Step
    {
        Fold,
        Commit,
        HandOver,
        Discard,
        Stop,
    }

    private readonly Partition _partition;
    private readonly CommitLoop _commits;
    private readonly Mailbox _mailbox;
    private readonly TurnRunner _runner;
    private readonly StoreReader _reader;
    private readonly Doorbell _bell;
    private readonly Thread _thread;
    private readonly List<MailItem> _taken = [];
    private readonly Batch[] _round = [new(), new(), new()];
    private long _number = 1;
    private int _place;
    private Batch? _committing;
    private Instant _now = Instant.Never;

    public TurnLoop(
        Partition partition, CommitLoop commits, Mailbox mailbox, StoreReader reader, TurnRunner runner, Doorbell bell)
    {
        _bell = bell;
        _partition = partition;
        _commits = commits;
        _mailbox = mailbox;
        _reader = reader;
        _runner = runner;
        _thread = new Thread(Run) { IsBackground = true, Name = $"dtoc-turns-{partition.Index}" };
        Folding.Clear(_number);
    }

    private Batch Folding => _round[_place];

    public void Start() => _thread.Start();

    /// <summary>
    /// Waits for the thread, which ends when the mailbox is closed and everything is answered.
    /// </summary>
    public void Join()
    {
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted)) _thread.Join();
        _bell.Dispose();
        _reader.Dispose();
    }

    private void Run()
    {
        for (;;)
        {
            switch (Next())
            {
                case Step.Fold:
                    Fold();
                    break;
                case Step.Commit:
                    _commits.CommitHere(Seal());
                    BeginNext();
                    break;
                case Step.HandOver:
                    _commits.HandOver(Seal());
                    BeginNext();
                    break;
                case Step.Discard:
                    Discard();
                    break;
                default:
                    return;
            }
        }
    }

    private Step Next()
    {
        for (;;)
        {
            lock (_partition.Gate)
            {
                if (TakeStep() is { } step) return step;
                _bell.LieDown();
            }
            _runner.EndReads();
            _bell.Sleep();
        }
    }

    /// <summary>Under the gate: what is to be done, or null for nothing.</summary>
    private Step? TakeStep()
    {
        var batch = Folding;
        if (_commits.Failed is not null) return Step.Discard;
        if (_commits.IsIdle && !batch.IsEmpty)
            return batch.Turns <= ShortBatch && _commits.IsAtRest ? Step.Commit : Step.HandOver;
        var room = _partition.Options.BatchLimit - batch.Turns;
        if (room > 0 && _mailbox.Take(room, _taken)) return Step.Fold;
        return _mailbox.IsClosed && batch.IsEmpty && _mailbox.IsEmpty && _commits.IsIdle ? Step.Stop : null;
    }

    private void Fold()
    {
        var batch = Folding;
        // A clock set back does not reach a turn.
        _now = Instant.Max(_now, Instant.From(_partition.Options.Time.GetUtcNow()));
        batch.Now = _now;
        _partition.Watch.Begin(_now);
        foreach (var item in _taken)
        {
            batch.Turns++;
            if (item is not Delivery delivery)
            {
                Take((Chore)item, batch);
                _partition.Watch.Begin(_now);
                continue;
            }
            _runner.Run(delivery, batch, _committing);
            _partition.Watch.Ran(delivery);
        }
        _taken.Clear();
        if (batch.IsEmpty && batch.Turns >= _partition.Options.BatchLimit) BeginAnew(batch);
    }

    /// <summary>
    /// Makes room in a batch whose turns changed nothing and were answered at once: with nothing to hand over it
    /// would stay full for ever, and what those turns read into memory would never be put out.
    /// </summary>
    private void BeginAnew(Batch batch)
    {
        batch.Reopen();
        _runner.EndBatch();
        _runner.Activations.Evict(_commits.LastCommitted);
    }

    private static void Take(Chore chore, Batch batch)
    {
        try
        {
            chore.OnTurnLoop(batch);
        }
        catch (OverflowException exception)
        {
            chore.Refuse(exception.Message);
            return;
        }
        batch.Items.Add(chore);
        if (chore.Writes) batch.Chores.Add(chore);
    }

    private Batch Seal()
    {
        _runner.EndBatch();
        Folding.Seal();
        return Folding;
    }

    private void BeginNext()
    {
        _committing = Folding;
        // Free: the loop answered the next of the round before it took the one that has just become durable.
        _place = (_place + 1) % _round.Length;
        _runner.Reclaim(Folding);
        Folding.Clear(++_number);
        _runner.Activations.Evict(_commits.LastCommitted);
    }

    private void Discard()
    {
        var batch = Folding;
        // The failed batch is the newest handed over, as nothing follows it before this.
        string reason;
        lock (_partition.Gate) reason = _commits.Problem ?? "the commit failed";
        _runner.Forget(_commits.Failed!); // this step is taken only when a batch has failed
        _runner.Forget(batch);
        try
        {
            _runner.Leases.Reload(_reader.Leases());
        }
        catch (StoreException)
        {
            // Without knowing them nothing may be spent; they come back with the next start or grant.
            _runner.Leases.Reload([]);
        }
        foreach (var item in batch.Items) item.Refuse(reason);
        _committing = null;
        // The same place of the round again: the failed batch may still be answering at its own.
        batch.Clear(++_number);
        lock (_partition.Gate) _commits.Discarded();
    }
}
