using System.Runtime.CompilerServices;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Cli.Folders;

/// <summary>Reads the twins of a data folder, as they are or as they were.</summary>
/// <param name="host">The folder's host.</param>
/// <param name="at">The moment in the past, or null for <paramref name="now"/>.</param>
/// <param name="now">The moment twins as they are are looked at.</param>
internal sealed class FolderTwins(ITwinHost host, Instant? at, Instant now)
{
    private const int MaxHops = 4;
    private const int Page = 1_000;

    /// <summary>
    /// The twin of a customer, or of the one merged with; null when nothing of it is kept, or was by then.
    /// </summary>
    public async ValueTask<TwinView?> Find(string customer, CancellationToken cancellation)
    {
        for (var hop = 0; hop <= MaxHops; hop++)
        {
            if (await StateOf(GrainKey.Customer(customer), cancellation) is not { } state)
                return null;
            if (state.MovedTo is not { } target)
                return await View(customer, state, cancellation);
            customer = target;
        }
        return null;
    }

    /// <summary>
    /// All twins that there are, or were by then, in the order of their ids; merged ones once.
    /// </summary>
    public async IAsyncEnumerable<TwinView> All([EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = "";
        while (true)
        {
            var keys = await host.ListAsync(GrainKind.Customer, after, Page, cancellation);
            foreach (var key in keys)
            {
                if (await StateOf(key, cancellation) is not { MovedTo: null } state)
                    continue;
                if (await View(key.Id, state, cancellation) is { } view)
                    yield return view;
            }
            if (keys.Count < Page)
                yield break;
            after = keys[^1].Id;
        }
    }

    private async ValueTask<CustomerState?> StateOf(GrainKey key, CancellationToken cancellation) =>
        await host.ReadAsync(key, cancellation) is { } stored
            ? CustomerCodec.Read(stored.Bytes.Span, host.Plans).Twin
            : null;

    private async ValueTask<TwinView?> View(
        string customer, CustomerState today, CancellationToken cancellation)
    {
        if (at is not { } then)
            return TwinView.Of(customer, today, now);
        var journal = await host.ReadJournalAsync(GrainKey.Customer(customer), today, cancellation);
        if (!journal.Any(entry => entry.OccurredAt <= then))
            return null;
        return TwinView.Of(customer, CustomerHistory.At(journal, today, host.Plans, then, now), then);
    }
}
