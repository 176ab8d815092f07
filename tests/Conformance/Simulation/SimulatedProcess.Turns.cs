using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>Activation and turns.</summary>
internal sealed partial class SimulatedProcess
{
    private const int HopLimit = 4;

    private void Load(Activation activation)
    {
        var key = activation.Key;
        if (_world.Pass(Stage.Activation) == Fault.ReadFails)
        {
            Take(activation).Answer(new Reply.Unavailable("The state cannot be read."));
            if (activation.IsIdle) Evict(activation);
            return;
        }
        var kept = Newest(key);
        activation.State = kept is null
            ? Grain(key).Create(key, _plans.Current)
            : Grain(key).Decode(key, kept.Bytes.Span, _plans);
        if (ReadmissionOf(key) is { } again)
        {
            activation.State.Version = Math.Max(activation.State.Version, again.Floor);
            activation.State.EffectSequence = Math.Max(activation.State.EffectSequence, again.Floor);
        }
        activation.LastNow = kept is null ? Instant.Never : Instant.Max(kept.LastNow, activation.LastNow);
        activation.Phase = Phase.Ready;
    }

    /// <summary>The state as the turns so far left it, committed or not.</summary>
    public KeptState? Newest(GrainKey key)
    {
        var pending = Partition(key).Pending.LastOrDefault(r => r.Key == key && r.State is not null);
        if (pending is not null) return pending.State;
        return Committed(key);
    }

    public KeptState? Committed(GrainKey key) =>
        _world.Disk.Read(StoredForms.State(key)) is { } bytes ? StoredForms.ReadState(bytes) : null;

    private SimulatedPartition Partition(GrainKey key) => _partitions[PartitionOf(key)];

    private static Envelope Take(Activation activation)
    {
        var envelope = activation.Queue[0];
        activation.Queue.RemoveAt(0);
        return envelope;
    }

    private void RunTurn(Activation activation)
    {
        _world.Pass(Stage.BeforeFold);
        Execute(activation, Take(activation), null);
    }

    private void ReadHistory(Activation activation)
    {
        var envelope = activation.Waiting!; // present in the phase this step belongs to
        activation.Waiting = null;
        activation.Phase = Phase.Ready;
        if (_world.Pass(Stage.HistoryRead) == Fault.ReadFails)
        {
            envelope.Answer(new Reply.Unavailable("The journal cannot be read."));
            return;
        }
        var entries = new List<JournalEntry>();
        var owners = new List<GrainKey>();
        foreach (var key in activation.Wanted)
        {
            entries.AddRange(HistoryOf(key));
            while (owners.Count < entries.Count) owners.Add(key);
        }
        Execute(activation, envelope, activation.Wanted.Count == 1 ? Whole(entries, owners) : InOrder(entries, owners));
    }

    private static History Whole(List<JournalEntry> entries, List<GrainKey> owners) => new(entries) { Owners = owners };

    /// <summary>Several journals, each in its order already, in the order of recording.</summary>
    private static History InOrder(List<JournalEntry> entries, List<GrainKey> owners)
    {
        var order = Enumerable.Range(0, entries.Count).OrderBy(i => entries[i].RecordedAt).ToList();
        return Whole(order.ConvertAll(i => entries[i]), order.ConvertAll(i => owners[i]));
    }

    private IEnumerable<JournalEntry> HistoryOf(GrainKey key)
    {
        List<JournalEntry> entries =
            [.. _world.Disk.Scan(StoredForms.Journal(key)).Select(e => StoredForms.ReadEntry(e.Value))];
        foreach (var record in Partition(key).Pending)
        {
            if (record.Key != key || record.Outcome is not { } outcome) continue;
            if (outcome.Rewritten is { } rewritten) entries = [.. rewritten];
            entries.AddRange(outcome.Journal);
        }
        return entries;
    }

    private void Execute(Activation activation, Envelope envelope, History? history)
    {
        var key = activation.Key;
        var partition = _partitions[activation.Partition];
        var now = Instant.Max(_world.Clock, activation.LastNow);
        var again = ReadmissionOf(key);
        var turn = new Turn
        {
            Key = key,
            Now = now,
            Seed = StableHash.Combine(_world.Options.Seed, ++_world.Turns),
            State = activation.State!, // read when the phase became Ready
            Rows = new PendingRows(_world.Disk, key, partition.Pending, _world),
            Leases = new Leases([.. partition.Leases.Select(l => new Lease(l.Key, l.Value))]),
            Plans = _plans,
            History = history,
            Since = again?.Since ?? Instant.Never,
            Floor = again?.Floor ?? 0,
        };
        TurnResult result;
        try
        {
            result = Grain(key).Handle(envelope.Message, turn);
            CheckSpending(result, partition);
        }
        catch (ReadFailedException unread)
        {
            activation.Reset();
            envelope.Answer(new Reply.Unavailable(unread.Message));
            return;
        }
        catch (Exception poisoned) when (poisoned is not CrashedException)
        {
            activation.Reset();
            envelope.Answer(new Reply.Failed($"{poisoned.GetType().Name} in a turn of {key}."));
            return;
        }
        activation.LastNow = now;
        partition.Turns++;
        if (_world.Trace is not null) _world.Note($"turn     {envelope} -> {Brief(result)}");
        Take(result, activation, envelope, history is not null);
    }

    private static void CheckSpending(TurnResult result, SimulatedPartition partition)
    {
        if (result is not TurnResult.Outcome outcome) return;
        foreach (var (resource, amount) in outcome.Spent)
        {
            var left = partition.Leases.GetValueOrDefault(resource);
            if (amount <= left) continue;
            throw new InvalidOperationException($"Spent {amount} of {resource}; {left} was left.");
        }
    }

    private static string Brief(TurnResult result) => result switch
    {
        TurnResult.Outcome outcome => $"{outcome.Reply}{(outcome.Changed ? "" : " (unchanged)")}",
        TurnResult.NeedsHistory needs => $"needs history of {string.Join(", ", needs.Keys)}",
        _ => result.ToString(),
    };

    private void Take(TurnResult result, Activation activation, Envelope envelope, bool hadHistory)
    {
        var partition = _partitions[activation.Partition];
        switch (result)
        {
            case TurnResult.NeedsHistory when hadHistory:
                envelope.Answer(new Reply.Failed($"{activation.Key} asked for history again."));
                return;
            case TurnResult.NeedsHistory needs:
                activation.Waiting = envelope;
                activation.Wanted = needs.Keys;
                activation.Phase = Phase.ReadingHistory;
                return;
            case TurnResult.MovedTo moved:
                partition.Open.Add(new TurnRecord(envelope, activation.Key) { Forward = moved });
                return;
            case TurnResult.Outcome outcome:
                Keep(outcome, activation, envelope, partition);
                break;
        }
        if (_world.Pass(Stage.AfterFold) == Fault.Evict) Evict(activation);
    }

    private void Keep(
        TurnResult.Outcome outcome, Activation activation, Envelope envelope, SimulatedPartition partition)
    {
        KeptState? state = null;
        if (outcome.Changed)
        {
            var grain = Grain(activation.Key);
            var ran = activation.State!; // a turn has just run on it
            var bytes = StoredForms.Collect(output => grain.Encode(ran, output));
            state = new KeptState(activation.LastNow, activation.State!.Version, bytes);
        }
        foreach (var spent in outcome.Spent) partition.Leases[spent.Resource] -= spent.Amount;
        partition.Open.Add(new TurnRecord(envelope, activation.Key) { State = state, Outcome = outcome });
        if (_world.Options.Sabotage == Sabotage.AcknowledgesBeforeCommit) envelope.Answer(outcome.Reply);
    }
}
