using System.Buffers;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Turns;

/// <summary>
/// Runs one message on its grain and puts the outcome into the batch. A state is decoded when it comes up and
/// encoded after every turn: so a turn that throws is undone by decoding again, and a state that cannot be
/// encoded fails its own message alone. Used by the turn loop only.
/// </summary>
internal sealed class TurnRunner
{
    private const int MaxHops = 4;
    private const int MaxUnusedBytes = 8 << 20;

    private readonly Partition _partition;
    private readonly CommitLoop _commits;
    private readonly StoreReader _reader;
    private readonly RowView _rows;
    private readonly HistoryReader _history;
    private readonly GrainInstances _grains;
    private readonly LiveStates _live;
    private readonly StateMemory _memory = new(MaxUnusedBytes);
    private readonly ArrayBufferWriter<byte> _encoded = new(4_096);
    private readonly OutcomeWriter _outcomes;
    private long _turns;
    private long _lastId;
    private long _committedWhenHeld;

    public TurnRunner(Partition partition, CommitLoop commits, StoreReader reader)
    {
        _partition = partition;
        _commits = commits;
        _reader = reader;
        var options = partition.Options;
        Activations = new Activations(Math.Max(1, options.MemoryLimitBytes / partition.Host.PartitionCount));
        Leases.Reload(reader.Leases());
        _grains = new GrainInstances(options.Catalog);
        _live = new LiveStates(_grains);
        _rows = new RowView(reader);
        _history = new HistoryReader(partition, reader, Activations, options.HistoryLimit);
        _outcomes = new OutcomeWriter(_grains, reader);
        _lastId = reader.Database.Number("SELECT max(id) FROM grain") ?? 0;
    }

    public Activations Activations { get; }

    public HeldLeases Leases { get; } = new();

    /// <summary>Turns run since the start.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Journal entries put into batches since the start.</summary>
    public long JournalEntries => _outcomes.JournalEntries;

    /// <summary>No turn follows in this batch: decoded states are put to rest.</summary>
    public void EndBatch()
    {
        _live.Clear();
        EndReads();
    }

    /// <summary>Uses the memory again of states that a batch superseded and that nobody reads any more.</summary>
    public void Reclaim(Batch batch)
    {
        foreach (var state in batch.Superseded) _memory.Give(state);
    }

    /// <summary>
    /// Lets go of the snapshot that turns read from. It may be held from one batch's end to the next one's: within
    /// that time no grain is put out of memory, so whatever is read was committed before the snapshot was taken. But
    /// it keeps the log from being written anew, and is not held while there is nothing to do.
    /// </summary>
    public void EndReads() => _reader.LetGo();

    /// <summary>Puts grains out of memory that were erased; what they changed before is still committed.</summary>
    public void PutOut(IEnumerable<GrainKey> keys)
    {
        foreach (var key in keys)
        {
            if (Activations.Find(key) is { } grain) Activations.Remove(grain);
        }
        _partition.Watch.Forget(keys);
    }

    /// <summary>Puts out of memory what a batch changed: the disk says what holds.</summary>
    public void Forget(Batch batch)
    {
        EndReads();
        foreach (var grain in batch.Opened)
        {
            grain.Live = null;
            Activations.Remove(grain);
        }
    }

    /// <summary>
    /// Runs a message; its answer comes with the batch, or at once when nothing uncommitted was seen.
    /// </summary>
    public void Run(Delivery delivery, Batch batch, Batch? committing)
    {
        Volatile.Write(ref _turns, _turns + 1);
        Activation? grain = null;
        try
        {
            grain = Activations.Find(delivery.Key) ?? Load(delivery.Key);
            if (grain.IsClosed)
            {
                Refuse(delivery, grain, batch);
                return;
            }
            _partition.Watch.Count(grain);
            var kind = _grains.Of(delivery.Key.Kind);
            var plans = _partition.Host.Plans;
            if (grain.Live is null) Open(grain, kind, plans, batch);
            var turn = TurnOf(grain, batch, plans);
            var result = kind.Handle(delivery.Message, turn);
            if (result is TurnResult.NeedsHistory needed)
            {
                var history = _history.Read(needed.Keys, batch, committing);
                turn = turn with { History = history };
                result = kind.Handle(delivery.Message, turn);
            }
            Conclude(result, delivery, grain, kind, turn, batch);
        }
        catch (StoreException exception)
        {
            _partition.Log.ReadFailed(_partition.Index, exception.Reason, exception);
            _partition.Host.NoteFailedRead(_partition.Index, exception);
            if (grain is not null) grain.Live = null;
            // Sending it again will not mend what is stored.
            if (exception.Damaged || exception.KeyIsGone) delivery.Complete(new Reply.Failed(exception.Reason));
            else delivery.Refuse(exception.Reason);
        }
#pragma warning disable CA1031 // whatever a turn throws concerns its own message only
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Key and type only: a message holds personal data, and so may the text of an exception.
            _partition.Log.TurnFailed(
                _partition.Host.NameOf(delivery.Key), delivery.Message.GetType().Name, exception.GetType().Name,
                exception.StackTrace);
            _partition.Watch.Failed();
            if (grain is not null) grain.Live = null;
            delivery.Complete(new Reply.Failed($"the turn failed ({exception.GetType().Name})"));
        }
    }

    private Activation Load(GrainKey key)
    {
        if (!_reader.HoldsSnapshot)
        {
            // In this order: what the snapshot shows is at least this.
            _committedWhenHeld = _commits.LastCommitted;
            _reader.Hold();
        }
        // What is stored of one that was erased goes, and is nobody's state any more.
        var ledger = _partition.Host.Ledger;
        var standing = ledger.StandingOf(key);
        var grain = ledger.IsClosed(standing)
            ? new Activation(key) { IsClosed = true }
            : Activation.From(key, _reader.FindGrain(key), ledger.ReadmissionOf(standing));
        Activations.Add(grain);
        return grain;
    }

    /// <summary>
    /// Answers a message to a grain that was erased, or sends it back. The row it came from goes.
    /// </summary>
    private void Refuse(Delivery delivery, Activation grain, Batch batch)
    {
        Activations.Remove(grain);
        if (!_partition.Host.Ledger.IsErased(delivery.Key))
        {
            delivery.Refuse("the folder was restored, and what was erased since its backup is being removed");
            return;
        }
        if (_partition.Host.IsClosing(delivery.Key, delivery.Message))
        {
            delivery.Refuse("an erasure is looking for who belongs to it; send it again");
            return;
        }
        var back = _grains.Of(delivery.Key.Kind).SendBack(delivery.Message);
        if (back is { } letter && !_partition.Host.Ledger.IsErased(letter.To))
        {
            (delivery.ForwardTo, delivery.ForwardAs) = (letter.To, letter.Message);
            _partition.Answer(delivery);
            return;
        }
        if (delivery.Hops > 0)
        {
            // Who led it here is erased too in a moment, or opens again.
            delivery.Refuse("a merge into a customer who was erased is under way; send it again");
            return;
        }
        delivery.Reply = Reply.Erased.Instance;
        Settle(delivery, batch);
        if (delivery.Settled) batch.Items.Add(delivery);
        else _partition.Answer(delivery);
    }

    private void Open(Activation grain, IGrain kind, PlanCatalog plans, Batch batch)
    {
        _live.MakeRoom();
        var state = grain.Latest.IsNone
            ? kind.Create(grain.Key, plans.Current)
            : kind.Decode(grain.Key, grain.Latest.Span, plans);
        state.EffectSequence = Math.Max(state.EffectSequence, _partition.Host.EffectFloor);
        if (grain.Again is { } again)
        {
            state.EffectSequence = Math.Max(state.EffectSequence, again.Floor);
            state.Version = Math.Max(state.Version, again.Floor);
        }
        _live.Hold(grain, state);
        batch.Opened.Add(grain);
    }

    private Turn TurnOf(Activation grain, Batch batch, PlanCatalog plans) => new()
    {
        Key = grain.Key,
        Now = new Instant(Math.Max(batch.Now.UnixMs, grain.NowMs)),
        Seed = _partition.Options.SeedSource(),
        State = grain.Live!, // opened just before
        Rows = _rows.Of(grain, _reader.HoldsSnapshot ? _committedWhenHeld : _commits.LastCommitted),
        Leases = Leases.View,
        Plans = plans,
        Since = grain.Again?.Since ?? Instant.Never,
        Floor = grain.Again?.Floor ?? 0,
    };

    private void Conclude(
        TurnResult result, Delivery delivery, Activation grain, IGrain kind, Turn turn, Batch batch)
    {
        switch (result)
        {
            case TurnResult.Outcome { Changed: true } outcome:
                Change(outcome, delivery, grain, kind, turn, batch);
                break;
            case TurnResult.Outcome outcome:
                delivery.Reply = outcome.Reply;
                Settle(delivery, batch);
                AnswerWhenSafe(delivery, grain, turn, batch);
                break;
            case TurnResult.MovedTo moved when delivery.Hops >= MaxHops:
                delivery.Refuse($"more than {MaxHops} merges lead from this key to {moved.Key.Kind}");
                break;
            case TurnResult.MovedTo moved when StoredNames.Problem(moved.Key) is { } problem:
                throw new InvalidOperationException(problem);
            case TurnResult.MovedTo moved:
                (delivery.ForwardTo, delivery.ForwardAs) = (moved.Key, moved.Message);
                AnswerWhenSafe(delivery, grain, turn, batch);
                break;
            default:
                throw new InvalidOperationException("The turn asked for history that it had been given.");
        }
    }

    private void Change(
        TurnResult.Outcome outcome, Delivery delivery, Activation grain, IGrain kind, Turn turn, Batch batch)
    {
        // All that can throw comes first; from then on the outcome is taken as a whole.
        _encoded.ResetWrittenCount();
        kind.Encode(turn.State, _encoded);
        _outcomes.Prepare(outcome);
        if (Leases.Refusal(outcome.Spent) is { } refusal) throw new InvalidOperationException(refusal);
        if (grain.SealKey == 0) grain.SealKey = _partition.Host.Seals.NewKeyFor(grain.Key);
        var held = _memory.Copy(_encoded.WrittenSpan, turn.State.Version);

        // What a turn before this one left in the same batch goes nowhere.
        if (grain.ChangedIn == batch.Number) _memory.Give(grain.Latest);
        if (grain.Id == 0) grain.Id = ++_lastId;
        Activations.Grow(grain.Take(held));
        grain.NowMs = turn.Now.UnixMs;
        if (grain.ChangedIn != batch.Number)
        {
            grain.ChangedIn = batch.Number;
            batch.Changed.Add(grain);
        }
        // A delivered wake-up is removed before the turn's own effects: it may ask for the same name again.
        Settle(delivery, batch);
        _outcomes.Write(outcome, grain, batch);
        Leases.Spend(outcome.Spent, batch);
        delivery.Reply = outcome.Reply;
        batch.Items.Add(delivery);
    }

    /// <summary>
    /// Removes the row a message came from in the same commit, when it is in this partition's file.
    /// </summary>
    private void Settle(Delivery delivery, Batch batch)
    {
        if (delivery.Origin is not { } origin || origin.Partition != _partition.Index) return;
        delivery.Settled = true;
        if (origin is Origin.Send send) batch.SendsDone.Add(send.Seq);
        if (origin is Origin.Wake wake)
            batch.Wakes.Add(new WakeWrite(new WakeRow(wake.Key, wake.Name, wake.At.UnixMs), Delivered: true));
    }

    /// <summary>
    /// An answer that rests on what is not committed yet waits for it, even when the turn changed nothing: a
    /// duplicate is only one if the first is kept.
    /// </summary>
    private void AnswerWhenSafe(Delivery delivery, Activation grain, Turn turn, Batch batch)
    {
        var sawUncommitted = turn.History is not null || grain.ChangedIn > _commits.LastCommitted;
        if (delivery.Settled || sawUncommitted) batch.Items.Add(delivery);
        else _partition.Answer(delivery);
    }
}
