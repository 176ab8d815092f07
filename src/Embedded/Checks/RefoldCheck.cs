using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Embedded.Checks;

/// <summary>
/// Compares each customer's folded parts with a refold of its journal and those of the customers merged into it:
/// integers and the ordered part to the bit, decayed values within 1e-9 of the contributions, as sums of another
/// order differ by rounding.
/// </summary>
internal sealed class RefoldCheck(
    FolderSnapshot snapshot, PlanCatalog plans, EmbeddedOptions options, IReadOnlyList<PartitionFigures> figures,
    Findings findings)
{
    private const double Tolerance = 1e-9;

    public void Run(CancellationToken cancellation)
    {
        foreach (var partition in figures)
        {
            if (snapshot.Find(partition.Partition) is not { } reader) continue;
            var after = "";
            while (KeysAfter(reader, partition.Partition, after) is { Count: > 0 } keys)
            {
                foreach (var key in keys)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Check(key, reader, partition);
                }
                after = keys[^1].Id;
            }
        }
    }

    private List<GrainKey> KeysAfter(StoreReader reader, int partition, string after)
    {
        try
        {
            return reader.Keys(GrainKind.Customer, after, options.SweepRows);
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            findings.Add(
                FindingKind.Pages, partition, $"Customers after '{after}' cannot be listed: {exception.Message}.");
            return [];
        }
    }

    private void Check(GrainKey key, StoreReader reader, PartitionFigures partition)
    {
        try
        {
            if (reader.FindGrain(key) is not { } grain) return;
            var state = CustomerCodec.Read(grain.State.Bytes.Span, plans).Twin;
            // A merged one leads on; a stale one waits for its refold anyway.
            if (state.MovedTo is not null || state.IsStale) return;
            var past = CustomerHistory.Read(HistoryOf(key, state), key, plans, state);
            partition.Refolded++;
            foreach (var difference in Differences(past.RefoldAll(state), state, Contributions(past, state)))
                Add(partition, $"{key} is not what its journal gives: {difference}.");
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            Add(partition, $"{key} cannot be refolded: {exception.Message}.");
        }
        catch (InvalidDataException exception)
        {
            Add(partition, $"{key} cannot be refolded: {exception.GetType().Name}.");
        }
    }

    private void Add(PartitionFigures partition, string what) =>
        findings.Add(FindingKind.Refold, partition.Partition, what);

    private History HistoryOf(GrainKey key, CustomerState state)
    {
        List<(JournalEntry Entry, GrainKey Owner)> all = [];
        foreach (var owner in state.Merged.Select(GrainKey.Customer).Prepend(key))
        {
            if (snapshot.Find((int)(owner.StableHash() % (ulong)snapshot.Partitions)) is not { } reader) continue;
            var entries = HistoryReader.ReadCommitted(reader, (owner, options.HistoryLimit));
            for (var i = entries.Count - 1; i >= 0; i--) all.Add((entries[i], owner));
        }
        return History.InOrder(all);
    }

    private static double Contributions(CustomerHistory past, CustomerState state)
    {
        var sum = 1.0 + state.EventCount;
        foreach (var e in past.Events)
        {
            foreach (var number in e.Numbers)
            {
                if (number != TouchpointEvent.Missing) sum += Math.Abs((double)number);
            }
        }
        foreach (var real in state.Reals) sum = Math.Max(sum, Math.Abs(real));
        return sum;
    }

    private static IEnumerable<string> Differences(CustomerState should, CustomerState found, double contributions)
    {
        foreach (var group in should.Plan.Layout.Groups)
        {
            var (at, size) = (group.At, group.Size);
            var longs = should.Longs.AsSpan(at.Longs, size.Longs);
            var bytes = should.Bytes.AsSpan(at.Bytes, size.Bytes);
            var isSame = longs.SequenceEqual(found.Longs.AsSpan(at.Longs, size.Longs))
                && bytes.SequenceEqual(found.Bytes.AsSpan(at.Bytes, size.Bytes));
            var error = 0.0;
            for (var i = at.Reals; i < at.Reals + size.Reals; i++)
                error = Math.Max(error, Math.Abs(should.Reals[i] - found.Reals[i]));
            if (!isSame || error > (group.Ordered ? 0 : Tolerance * contributions)) yield return group.Signature;
        }
        if (should.Newest != found.Newest)
            yield return $"its newest event is of {found.Newest.OccurredAt}, not {should.Newest.OccurredAt}";
    }
}
