using DToC.Embedded.Effects;
using DToC.Embedded.Segments;
using DToC.Embedded.Storage;
using DToC.Embedded.Watching;
using DToC.Grains;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Turns;

/// <summary>One database file with its mailbox, turn loop, commit loop and deliveries.</summary>
internal sealed class Partition
{
    public const string DrainingReason = "draining";

    private readonly Mailbox _mailbox;
    private readonly CommitLoop _commits;
    private readonly TurnLoop _turns;
    private readonly TurnRunner _runner;
    private readonly SendLoop _sends;
    private readonly WakeLoop _wakes;
    private readonly AsyncSignal _room = new();
    private readonly string _path;
    private readonly Admission _admission;
    private long _pendingSends;
    private long _lastPublished;

    public Partition(HostContext host, int index, string path, Database writer)
    {
        Host = host;
        Index = index;
        _path = path;
        Watch = new PartitionWatch(host.Options.Time);
        Readers = new ReaderPool(path, host.Options, host.Seals, failure => host.NoteFailedRead(index, failure));
        var bell = new Doorbell();
        _mailbox = new Mailbox(Gate, bell);
        _admission = new Admission(
            host.Options.MailboxCapacity, host.Options.RequestReserve, host.Options.MessagesPerGrain);
        _commits = new CommitLoop(this, path, writer, bell);
        var reader = new StoreReader(path, host.Options, host.Seals);
        _runner = new TurnRunner(this, _commits, reader);
        _turns = new TurnLoop(this, _commits, _mailbox, reader, _runner, bell);
        _sends = new SendLoop(this);
        _wakes = new WakeLoop(this);
        _pendingSends = reader.Database.Number("SELECT count(*) FROM pending_send") ?? 0;
        _lastPublished = reader.LastOutbox();
    }

    /// <summary>Held while mailbox and commit loop are looked at together.</summary>
    public Lock Gate { get; } = new();

    public HostContext Host { get; }

    public EmbeddedOptions Options => Host.Options;

    public ILogger Log => Host.Log;

    public int Index { get; }

    /// <summary>What operators see of this partition.</summary>
    public PartitionWatch Watch { get; }

    /// <summary>Connections for reads outside of turns.</summary>
    public ReaderPool Readers { get; }

    /// <summary>Tallies of its customers.</summary>
    public PartitionSegments Segments { get; } = new();

    /// <summary>Grains in memory.</summary>
    public Activations Activations => _runner.Activations;

    /// <summary>Why commits fail at the moment, or null.</summary>
    public string? Problem => _commits.Problem;

    /// <summary>Why the log could not be moved into the file, or null.</summary>
    public string? LogProblem => _commits.LogProblem;

    /// <summary>Messages taken and not answered.</summary>
    public int Admitted => _admission.Admitted;

    /// <summary>Sequence of the newest committed outbox row.</summary>
    public long LastPublished => Volatile.Read(ref _lastPublished);

    /// <summary>See <see cref="CommitLoop.PageLimit"/>.</summary>
    public int PageLimit
    {
        set => _commits.PageLimit = value;
    }

    /// <summary>Starts the threads; deliveries are started by the host when all partitions run.</summary>
    public void Start()
    {
        _commits.Start();
        _turns.Start();
    }

    /// <summary>Delivers effects until cancelled.</summary>
    public Task SendEffectsAsync(CancellationToken cancellation) => _sends.RunAsync(cancellation);

    /// <summary>Whether an effect to another grain is tried again at the next start only.</summary>
    public bool IsSetAside(long seq) => _sends.IsSetAside(seq);

    /// <summary>Delivers wake-ups until cancelled.</summary>
    public Task WakeUpAsync(CancellationToken cancellation) => _wakes.RunAsync(cancellation);

    /// <summary>Finishes what the mailbox holds, then closes the file.</summary>
    public void Stop()
    {
        _mailbox.Close();
        _turns.Join();
        Readers.Dispose();
        _commits.Close();
    }

    /// <summary>
    /// A message from outside: admitted, waiting a short while for room, and answered when durable.
    /// </summary>
    public ValueTask<Reply> SendAsync(GrainKey key, GrainMessage message, CancellationToken cancellation)
    {
        if (Refusal() is { } refusal) return new ValueTask<Reply>(refusal);
        return _admission.TryEnter(key, isBulk: false, out var counted) switch
        {
            Entry.Entered => Admit(key, message, counted, Lane.Request),
            Entry.GrainFull => new ValueTask<Reply>(Busy()),
            _ => SendWhenRoomAsync(key, message, Lane.Request, cancellation),
        };
    }

    /// <summary>Why no message is taken now, or null.</summary>
    public Reply? Refusal()
    {
        if (Host.Draining) return new Reply.Unavailable(DrainingReason);
        return Volatile.Read(ref _pendingSends) >= Options.SendBacklogLimit ? Busy() : null;
    }

    /// <summary>One of several messages from outside, admitted and to be posted; null when it is not taken.</summary>
    public Delivery? TryTake(Letter letter, ReplyGroup group, int place, out Entry entry)
    {
        entry = _admission.TryEnter(letter.To, isBulk: true, out var counted);
        if (entry != Entry.Entered) return null;
        return new Delivery(letter.To, letter.Message, this)
        {
            Taken = Watch.Mark(), Group = group, Place = place, CountedAt = counted,
        };
    }

    /// <summary>One of several messages from outside that had no room.</summary>
    public async Task TakeWhenRoomAsync(
        Letter letter, ReplyGroup group, int place, CancellationToken cancellation) =>
        group.Set(place, await SendWhenRoomAsync(letter.To, letter.Message, Lane.Bulk, cancellation));

    /// <summary>Adds messages that <see cref="TryTake"/> admitted.</summary>
    public void Post(List<Delivery> deliveries)
    {
        if (_mailbox.Post(deliveries)) return;
        foreach (var delivery in deliveries) delivery.Refuse(DrainingReason);
    }

    /// <summary>Adds an item of the host's own; false when the partition has stopped.</summary>
    public bool Post(MailItem item) => _mailbox.Post(item, Lane.Own);

    /// <summary>Does a chore; null when durable, otherwise why not.</summary>
    public Task<string?> DoAsync(Chore chore)
    {
        if (!Post(chore)) chore.Refuse(DrainingReason);
        return chore.Done;
    }

    /// <summary>A number kept in the table of odds and ends, or null.</summary>
    public ValueTask<long?> ReadMetaAsync(string name, CancellationToken cancellation) =>
        Readers.ReadAsync(static (reader, of) => reader.Meta(of), name, cancellation);

    /// <summary>Keeps numbers there; null when durable, otherwise why not.</summary>
    /// <param name="values">Names and numbers, as SQL has values.</param>
    public Task<string?> StoreMetaAsync(string values) => DoAsync(new Chore(
        onTurnLoop: null,
        database => database.Execute($"INSERT OR REPLACE INTO meta(name, value) VALUES {values}")));

    /// <summary>Grants a lease: more of a resource to be spent by this partition's turns.</summary>
    public Task<string?> GrantLeaseAsync(string resource, long amount) =>
        DoAsync(new Chore(batch => _runner.Leases.Grant(resource, amount, batch), inTransaction: null));

    /// <summary>On the turn loop: forgets grains that were erased.</summary>
    public void PutOut(IEnumerable<GrainKey> keys) => _runner.PutOut(keys);

    /// <summary>Effects were removed with the grains they came from or went to.</summary>
    public void ForgetSends(long count) => Interlocked.Add(ref _pendingSends, -count);

    /// <summary>
    /// Moves the log into the file and empties it, so that nothing of what was removed is left in either. Commits wait
    /// meanwhile.
    /// </summary>
    /// <exception cref="StoreException">Readers hold the log, for example a backup.</exception>
    public void EmptyLog()
    {
        using var database = Database.OpenMover(_path, Options);
        database.EmptyLog();
    }

    /// <summary>A message was answered: there is room for another.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="ticks">How long that took, in units of <see cref="PartitionWatch.Mark"/>.</param>
    /// <param name="reply">The answer.</param>
    public void Leave(Delivery delivery, long ticks, Reply reply)
    {
        Watch.Answered(ticks, reply);
        if (_admission.Leave(delivery.CountedAt, out var left) || (left == 0 && Host.Draining)) _room.Pulse();
    }

    /// <summary>Waits until all messages are answered, or the limit has passed.</summary>
    public async Task DrainAsync(CancellationToken limit)
    {
        for (;;)
        {
            var room = _room.Next;
            if (Admitted == 0 || limit.IsCancellationRequested) return;
            await room.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Answers one message that does not wait for a commit, or sends it on.</summary>
    public void Answer(Delivery delivery) => Answer(delivery, Watch.Mark());

    /// <summary>Answers a batch after its commit, or refuses all of it; called by the commit loop.</summary>
    public void Answer(Batch batch, string? failure)
    {
        if (failure is null) Announce(batch);
        var mark = Watch.Mark();
        foreach (var item in batch.Items)
        {
            if (failure is not null) item.Refuse(failure);
            else if (item is Delivery delivery) Answer(delivery, mark);
            else ((Chore)item).Complete();
        }
    }

    public PartitionStatus Status() => Watch.Complete(new PartitionStatus
    {
        Partition = Index,
        Activations = Activations.CountByKind(),
        ResidentBytes = Activations.Bytes,
        MailboxLength = _mailbox.Length,
        Turns = _runner.Turns,
        Commits = _commits.Commits,
        FailedCommits = _commits.FailedCommits,
        Evictions = Activations.Evictions,
        JournalEntries = _runner.JournalEntries,
        PendingEffects = Volatile.Read(ref _pendingSends),
        Activated = Activations.Activated,
        FileBytes = ProcessFigures.BytesOf(_path),
        LogBytes = ProcessFigures.BytesOf(_path + "-wal"),
    });

    private void Answer(Delivery delivery, long mark)
    {
        if (delivery.ForwardTo is { } target)
        {
            delivery.MoveTo(target);
            Host.Deliver(delivery);
            return;
        }
        delivery.Complete(delivery.Reply!, mark); // the reply is set with every outcome
    }

    private void Announce(Batch batch)
    {
        if (batch.Outbox.Count > 0)
        {
            Volatile.Write(ref _lastPublished, batch.Outbox[^1].Seq);
            Host.Published.Pulse();
        }
        if (batch.Sends.Count + batch.SendsDone.Count > 0)
        {
            Interlocked.Add(ref _pendingSends, batch.Sends.Count - batch.SendsDone.Count);
            if (batch.Sends.Count > 0) _sends.Committed();
        }
        foreach (var (wake, delivered) in batch.Wakes)
        {
            if (!delivered && wake.AtMs != Twin.Instant.Never.UnixMs) _wakes.Committed(wake.AtMs);
        }
    }

    private ValueTask<Reply> Admit(GrainKey key, GrainMessage message, int counted, Lane lane)
    {
        var delivery = new Delivery(key, message, this) { Taken = Watch.Mark(), CountedAt = counted };
        if (!_mailbox.Post(delivery, lane)) delivery.Refuse(DrainingReason);
        return delivery.Completion;
    }

    private async ValueTask<Reply> SendWhenRoomAsync(
        GrainKey key, GrainMessage message, Lane lane, CancellationToken cancellation)
    {
        int counted;
        if (Options.AdmissionWait == TimeSpan.Zero) return Busy();
        using var wait = new CancellationTokenSource(Options.AdmissionWait, Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, cancellation);
        try
        {
            for (;;)
            {
                var room = _room.Next;
                var entry = _admission.TryEnter(key, lane == Lane.Bulk, out counted);
                if (entry == Entry.Entered) break;
                if (entry == Entry.GrainFull) return Busy();
                await room.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Busy();
        }
        return await Admit(key, message, counted, lane);
    }

    /// <summary>The answer when a message is not taken.</summary>
    public Reply.Busy Busy()
    {
        Watch.Refused();
        return new Reply.Busy(Options.RetryAfter);
    }
}
