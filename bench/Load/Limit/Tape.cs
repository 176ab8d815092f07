using System.Text;
using DToC.Grains;
using DToC.Load.Traffic;
using DToC.Twin.Events;

namespace DToC.Load.Limit;

/// <summary>
/// All that the host writes for some events, made by the grain without a host: the same states, journal entries and
/// effects, in batches of the size the host reached.
/// </summary>
internal sealed class Tape
{
    private readonly Roster _roster;
    private readonly List<TapeBatch>[] _batches;

    private Tape(Roster roster)
    {
        _roster = roster;
        _batches = [.. Enumerable.Range(0, roster.Partitions).Select(_ => new List<TapeBatch>())];
    }

    /// <summary>The batches of a partition.</summary>
    public IReadOnlyList<TapeBatch> Of(int partition) => _batches[partition];

    /// <summary>Records events. The grain's own times are left in <paramref name="grain"/>.</summary>
    public static Tape Record(Scene scene, Roster roster, TouchpointEvent[] events, int batchEvents, BareGrain grain)
    {
        var tape = new Tape(roster);
        var states = new byte[]?[roster.Ids.Length];
        var now = Scene.Now();
        var open = new List<(int Customer, TurnResult.Outcome Outcome, byte[] State, long Version)>[roster.Partitions];
        for (var i = 0; i < open.Length; i++) open[i] = [];
        foreach (var e in events)
        {
            var customer = roster.IndexOf(e.Customer!); // prepared events name their customer
            var stored = states[customer] ?? scene.Templates.StateOf(customer);
            var message = new CustomerMessage.Observe([e]);
            var (outcome, state, version) = grain.Run(GrainKey.Customer(roster.Ids[customer]), stored, message, now);
            states[customer] = state;
            var batch = open[roster.PartitionOf[customer]];
            batch.Add((customer, outcome, state, version));
            if (batch.Count < batchEvents) continue;
            tape._batches[roster.PartitionOf[customer]].Add(tape.Seal(batch));
            batch.Clear();
        }
        if (tape._batches.Any(batches => batches.Count == 0))
            throw new InvalidOperationException("There are too few events for a batch in each partition.");
        return tape;
    }

    private TapeBatch Seal(List<(int Customer, TurnResult.Outcome Outcome, byte[] State, long Version)> turns)
    {
        var batch = new TapeBatch(turns.Count);
        var newest = new SortedDictionary<long, TapeState>();
        foreach (var (customer, outcome, state, version) in turns)
        {
            var row = _roster.RowOf[customer];
            var key = GrainKey.Customer(_roster.Ids[customer]).ToBytes();
            newest[row] = new TapeState(row, version, state);
            foreach (var entry in outcome.Journal) batch.Journal.Add((row, key, entry));
            foreach (var effect in outcome.Effects)
            {
                if (effect is Effect.Publish published) batch.Outbox.Add((key, published));
                if (effect is Effect.WakeUp wake)
                    batch.Wakes.Add((key, Encoding.UTF8.GetBytes(wake.Name), wake.At.UnixMs));
            }
        }
        batch.States.AddRange(newest.Values);
        return batch;
    }
}
