using System.Globalization;
using System.Runtime.CompilerServices;
using DToC.Grains;

namespace DToC.Embedded.Storage;

/// <summary>
/// Reads the states of all grains of a kind, partition after partition, from the files: what is committed is there
/// before a read is served it from memory. It looks at no grain in memory, whose place in the order of eviction would
/// change by it, and holds no snapshot between pages, which would keep the log from being emptied.
/// </summary>
internal sealed class AllStates(HostContext host)
{
    /// <summary>Pages from a place on.</summary>
    public async IAsyncEnumerable<StatePage> ReadAsync(
        GrainKind kind, Place place, int pageSize, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var next = (Place?)place;
        while (next is { } at)
        {
            // Whoever reads all leaves the processor to others between two pages.
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            var (states, last) = await host.Partitions[at.Partition].Readers.ReadAsync(
                static (reader, page) => reader.States(page.Kind, page.After, page.Limit, page.IsClosed),
                (Kind: kind, at.After, Limit: pageSize, IsClosed: (Predicate<GrainKey>)host.Ledger.IsClosed),
                cancellation);
            // Erased while the page was read.
            states.RemoveAll(state => host.Ledger.IsClosed(state.Key));
            next = last is not null ? at with { After = last } : NextPartition(at);
            if (states.Count > 0 || next is null) yield return new StatePage(states, next?.ToString(host));
        }
    }

    /// <summary>The place a cursor names.</summary>
    /// <exception cref="FormatException">It is not one of this folder's.</exception>
    public Place PlaceOf(string? cursor)
    {
        if (cursor is null) return new Place(0, "");
        var parts = cursor.Split('/', 3);
        if (parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var partitions)
            && partitions == host.PartitionCount && partition < partitions)
            return new Place(partition, parts[2]);
        throw new FormatException(
            $"'{cursor}' is no place in a folder of {host.PartitionCount} partitions: give what a page of this folder "
            + "said, or begin anew without one.");
    }

    private Place? NextPartition(Place from) =>
        from.Partition + 1 < host.PartitionCount ? new Place(from.Partition + 1, "") : null;

    /// <summary>Behind which key of which partition to go on.</summary>
    internal readonly record struct Place(int Partition, string After)
    {
        public string ToString(HostContext host) =>
            string.Create(CultureInfo.InvariantCulture, $"{Partition}/{host.PartitionCount}/{After}");
    }
}
