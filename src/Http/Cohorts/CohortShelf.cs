using System.Runtime.CompilerServices;
using DToC.Grains;

namespace DToC.Http.Cohorts;

/// <summary>Cohorts as they are kept.</summary>
internal sealed class CohortShelf(ITwinHost host)
{
    private const int RowsPerRead = 1_000;
    private const int KeysPerRead = 256;

    /// <summary>What a cohort is; null when there is none.</summary>
    public async ValueTask<CohortHeader?> FindAsync(string name, CancellationToken cancellation) =>
        CohortGrain.IsName(name)
            && await host.ReadRowAsync(CohortGrain.KeyOf(name), CohortGrain.HeaderRow, cancellation) is { } row
            ? CohortHeader.Read(row.Span)
            : null;

    /// <summary>All cohorts, by name.</summary>
    public async ValueTask<List<(string Name, CohortHeader Header)>> ListAsync(CancellationToken cancellation)
    {
        List<(string, CohortHeader)> cohorts = [];
        for (var after = ""; ;)
        {
            var keys = await host.ListAsync(GrainKind.Cohort, after, KeysPerRead, cancellation);
            foreach (var key in keys)
            {
                if (await FindAsync(key.Id, cancellation) is { } header) cohorts.Add((key.Id, header));
            }
            if (keys.Count < KeysPerRead) return cohorts;
            after = keys[^1].Id;
        }
    }

    /// <summary>Ids of the members as they were chosen, in their order, behind one of them.</summary>
    public async IAsyncEnumerable<string> MembersAsync(
        string name, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // U+0000 sorts before every character of an id: rows strictly behind the last one.
        for (var from = after is null ? CohortGrain.MemberPrefix : CohortGrain.RowOf(after) + "\0"; ;)
        {
            var rows = await host.ReadRowsAsync(CohortGrain.KeyOf(name), from, RowsPerRead, cancellation);
            foreach (var row in rows) yield return CohortGrain.MemberOf(row);
            if (rows.Count < RowsPerRead) yield break;
            from = rows[^1].Row + "\0";
        }
    }

    /// <summary>Takes some customers in; none that are erased meanwhile.</summary>
    public async ValueTask<Reply> AddAsync(
        string name, IReadOnlyList<string> customers, CancellationToken cancellation)
    {
        var reply = await host.SendAsync(CohortGrain.KeyOf(name), new CohortMessage.Add(customers), cancellation);
        // An erasure looks for rows once: who is being erased since before this row was written takes it out here.
        List<string> erased = [.. customers.Where(id => host.IsErased(GrainKey.Customer(id)))];
        if (reply is not Reply.Done || erased.Count == 0) return reply;
        return await host.SendAsync(
            CohortGrain.KeyOf(name),
            new GrainMessage.RemoveRows([.. erased.Select(CohortGrain.RowOf)]) { Customers = erased }, cancellation);
    }

    /// <summary>Forgets a cohort, part by part.</summary>
    public async ValueTask<Reply> DiscardAsync(string name, CancellationToken cancellation)
    {
        Reply reply;
        do reply = await host.SendAsync(CohortGrain.KeyOf(name), new CohortMessage.Discard(), cancellation);
        while (reply is CohortReply.Discarded { IsAll: false });
        return reply;
    }
}
