using System.Buffers;
using System.Text;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// A grain that uses every part of the contract, so that a host that breaks a promise shows it in the probe's
/// state, rows, journal or messages.
/// </summary>
public sealed class ProbeGrain : IGrain
{
    /// <summary>How long a journal entry is kept once a checkpoint stands for it.</summary>
    public const long KeepMs = Instant.HourMs;

    private const long KeepCheckpointMs = 100 * 365 * Instant.DayMs;

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Probe;

    /// <summary>The address of a probe.</summary>
    public static GrainKey Key(string id) => new(GrainKind.Probe, id);

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) =>
        new ProbeState { PlanHash = plan.Hash, Checksum = plan.Hash };

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans) =>
        ProbeCodec.ReadState(stored);

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output) =>
        ProbeCodec.Write((ProbeState)state, output);

    /// <inheritdoc/>
    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        ProbeCodec.Write(message, output);

    /// <inheritdoc/>
    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) => ProbeCodec.ReadMessage(stored);

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn)
    {
        var state = (ProbeState)turn.State;
        if (state.MovedTo is { } to && message is ProbeMessage and not ProbeMessage.Poison)
        {
            return new TurnResult.MovedTo(Key(to));
        }
        return message switch
        {
            ProbeMessage.Command command => Once(command, state, turn),
            ProbeMessage.Received received => Receive(received, state, turn),
            ProbeMessage.Move move => Move(move, state, turn),
            ProbeMessage.Refuse refuse => Refused(refuse.Why),
            ProbeMessage.Poison => Throw(state),
            GrainMessage.WokenUp woken => WakeUp(woken, state, turn),
            GrainMessage.Refold => Refold(state, turn),
            GrainMessage.TakeCheckpoint => TakeCheckpoint(state, turn),
            _ => throw new ArgumentException($"No probe is told {message.GetType().Name}.", nameof(message)),
        };
    }

    private static TurnResult Once(ProbeMessage.Command command, ProbeState state, Turn turn)
    {
        var addressee = command.Addressee ?? turn.Key.Id;
        var mark = ProbeMark.Of(command, addressee);
        if (state.IsRecent(mark)) return Repeated();
        var late = mark.At <= state.NewestForgotten || mark.CompareTo(state.Newest) < 0;
        var asks = late || addressee != turn.Key.Id || state.PlanHash != turn.Plan.Hash
            || command is ProbeMessage.Rewrite;
        if (asks && turn.History is null) return NeedsHistory(turn.Key, addressee);

        var history = turn.History is { } given ? ProbeHistory.Read(given, turn.Key) : null;
        if (history is not null && history.Has(mark)) return Repeated();
        if (command is ProbeMessage.Spend spend && turn.Leases.Available(spend.Resource) < spend.Amount)
        {
            return Refused($"The lease on {spend.Resource} has not {spend.Amount} left.");
        }
        Begin(state, turn);
        Fold(command, mark, history, state, turn);
        return CarryOut(command, state, turn) with
        {
            Rewritten = command is ProbeMessage.Rewrite ? Rewritten(state, turn) : null,
            Journal = [Entry(turn, mark.At, ProbeHistory.Command(
                turn.Key.Id, state.Generation, mark, command.Weight))],
        };
    }

    private static IReadOnlyList<JournalEntry> Rewritten(ProbeState state, Turn turn) =>
        ProbeHistory.Rewritten(turn.History!, turn.Key, ++state.Generation); // asked for before

    private static void Fold(
        ProbeMessage.Command command, ProbeMark mark, ProbeHistory? history, ProbeState state, Turn turn)
    {
        if (history is not null)
        {
            var commands = Check(history, state, turn);
            commands.Add(mark, command.Weight);
            Rebuild(commands, state, turn.Plan);
        }
        else
        {
            state.Checksum = Next(state.Checksum, mark, command.Weight);
            state.Newest = mark;
        }
        state.Total += command.Weight;
        state.Count++;
        state.Remember(mark);
    }

    private static TurnResult.Outcome CarryOut(ProbeMessage.Command command, ProbeState state, Turn turn)
    {
        IReadOnlyList<Effect> effects = [];
        IReadOnlyList<RowChange> rows = [];
        IReadOnlyList<LeaseSpend> spent = [];
        switch (command)
        {
            case ProbeMessage.Put put:
                rows = [Put(put, state, turn)];
                break;
            case ProbeMessage.Tell:
                var payload = ProbeCodec.Bytes(new ProbePublished(++state.Told, command.Id));
                effects = [new Effect.Publish(++state.EffectSequence, Topic.Probe, payload)];
                break;
            case ProbeMessage.Pass pass:
                var number = state.Sent[pass.To] = state.Sent.GetValueOrDefault(pass.To) + 1;
                var message = new ProbeMessage.Received(turn.Key.Id, pass.To, number, pass.Amount);
                effects = [new Effect.Send(++state.EffectSequence, Key(pass.To), message)];
                break;
            case ProbeMessage.Wake wake:
                state.Wakes.Remove(wake.Name);
                if (!wake.WakeAt.IsNever) state.Wakes[wake.Name] = wake.WakeAt.UnixMs;
                effects = [new Effect.WakeUp(++state.EffectSequence, wake.Name, wake.WakeAt)];
                break;
            case ProbeMessage.Spend spend:
                state.Spent[spend.Resource] = state.Spent.GetValueOrDefault(spend.Resource) + spend.Amount;
                spent = [new LeaseSpend(spend.Resource, spend.Amount)];
                break;
        }
        return new TurnResult.Outcome(new ProbeReply.Applied(turn.Key.Id, state.Total, state.Count))
        {
            Rows = rows,
            Effects = effects,
            Spent = spent,
        };
    }

    private static RowChange Put(ProbeMessage.Put put, ProbeState state, Turn turn)
    {
        var shown = turn.Rows.Range("", int.MaxValue).Count;
        if (shown != state.RowCount) state.Alarms |= ProbeAlarms.RowsNotCurrent;
        var exists = turn.Rows.Find(put.Row) is not null;
        if (put.Value is null)
        {
            if (exists) state.RowCount--;
            return new RowChange(put.Row, null);
        }
        if (!exists) state.RowCount++;
        return new RowChange(put.Row, Encoding.UTF8.GetBytes(put.Value));
    }

    private static TurnResult Receive(ProbeMessage.Received received, ProbeState state, Turn turn)
    {
        var way = $"{received.From}>{received.Addressee}";
        var known = state.Received.TryGetValue(way, out var last);
        if (!known && received.Addressee != turn.Key.Id)
        {
            if (turn.History is null) return NeedsHistory(turn.Key, received.Addressee);
            last = ProbeHistory.Read(turn.History, turn.Key).LastReceived(way);
        }
        if (received.Number <= last) return Unchanged(Reply.Done.Instance);
        Begin(state, turn);
        if (received.Number != last + 1) state.Alarms |= ProbeAlarms.OutOfOrder;
        state.Received[way] = received.Number;
        state.ReceivedTotal += received.Amount;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Journal = [Entry(turn, turn.Now, ProbeHistory.Received(
                turn.Key.Id, state.Generation, way, received.Number))],
        };
    }

    private static TurnResult Move(ProbeMessage.Move move, ProbeState state, Turn turn)
    {
        if (move.To == turn.Key.Id) return Unchanged(new ProbeReply.Repeated());
        Begin(state, turn);
        state.MovedTo = move.To;
        return new TurnResult.Outcome(Reply.Done.Instance);
    }

    private static TurnResult WakeUp(GrainMessage.WokenUp woken, ProbeState state, Turn turn)
    {
        var stale = !state.Wakes.TryGetValue(woken.Name, out var at) || at != woken.At.UnixMs;
        if (stale) return Unchanged(Reply.Done.Instance);
        Begin(state, turn);
        state.Wakes.Remove(woken.Name);
        state.Woken++;
        return new TurnResult.Outcome(Reply.Done.Instance);
    }

    private static TurnResult Refold(ProbeState state, Turn turn)
    {
        if (state.PlanHash == turn.Plan.Hash) return Unchanged(Reply.Done.Instance);
        if (turn.History is null) return NeedsHistory(turn.Key, turn.Key.Id);
        Begin(state, turn);
        Rebuild(Check(ProbeHistory.Read(turn.History, turn.Key), state, turn), state, turn.Plan);
        return new TurnResult.Outcome(Reply.Done.Instance);
    }

    private static TurnResult TakeCheckpoint(ProbeState state, Turn turn)
    {
        if (turn.History is null) return NeedsHistory(turn.Key, turn.Key.Id);
        Begin(state, turn);
        var commands = Check(ProbeHistory.Read(turn.History, turn.Key), state, turn);
        var payload = ProbeHistory.Checkpoint(turn.Key.Id, state.Generation, commands, state.Received);
        var entry = Entry(turn, turn.Now, payload) with
        {
            Kind = JournalKind.Checkpoint,
            KeepUntil = turn.Now.PlusMs(KeepCheckpointMs),
        };
        return new TurnResult.Outcome(Reply.Done.Instance) { Journal = [entry] };
    }

    private static TurnResult Throw(ProbeState state)
    {
        state.Total += 1_000_000;
        state.MovedTo = null;
        throw new InvalidOperationException("A poisoned message: what it did to the state must not be seen.");
    }

    private static void Begin(ProbeState state, Turn turn)
    {
        if (turn.Now < state.LastNow) state.Alarms |= ProbeAlarms.NowWentBack;
        state.LastNow = turn.Now;
        state.Version++;
    }

    private static SortedDictionary<ProbeMark, long> Check(ProbeHistory history, ProbeState state, Turn turn)
    {
        var commands = history.Commands(turn.Key.Id);
        if (commands.Count != state.Count) state.Alarms |= ProbeAlarms.HistoryNotWhole;
        if (!history.InOrder) state.Alarms |= ProbeAlarms.HistoryNotInOrder;
        if (!history.SaysWhose) state.Alarms |= ProbeAlarms.HistoryOfAnother;
        if (!history.IsOf(turn.Key.Id, state.Generation)) state.Alarms |= ProbeAlarms.HistoryNotRewritten;
        return commands;
    }

    private static void Rebuild(SortedDictionary<ProbeMark, long> commands, ProbeState state, TwinPlan plan)
    {
        state.PlanHash = plan.Hash;
        state.Checksum = plan.Hash;
        foreach (var (mark, weight) in commands)
        {
            state.Checksum = Next(state.Checksum, mark, weight);
            state.Newest = mark;
        }
    }

    private static ulong Next(ulong checksum, ProbeMark mark, long weight) =>
        StableHash.Combine(StableHash.Combine(checksum, mark.Hash), (ulong)weight);

    private static JournalEntry Entry(Turn turn, Instant occurredAt, byte[] payload) =>
        new(
            JournalKind.Probe, occurredAt, turn.Now, turn.Now.PlusMs(KeepMs), turn.Seed, turn.Plan.Hash, payload);

    private static TurnResult.NeedsHistory NeedsHistory(GrainKey key, string addressee) =>
        new(addressee == key.Id ? [key] : [key, Key(addressee)]);

    private static TurnResult.Outcome Repeated() => Unchanged(new ProbeReply.Repeated());

    private static TurnResult.Outcome Refused(string why) => Unchanged(new ProbeReply.Refused(why));

    private static TurnResult.Outcome Unchanged(Reply reply) => new(reply) { Changed = false };
}
