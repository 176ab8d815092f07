using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Upkeep;

/// <summary>
/// After a definition was replaced, asks every stored grain of a partition to refold, in the order they were
/// first written. How far it came is stored, so a restart goes on from there; a further replacement begins
/// anew.
/// </summary>
internal sealed class Refolding(Partition partition)
{
    private static readonly Func<StoreReader, (long After, int Limit), List<(long Id, GrainKey Key)>> ReadKeys =
        static (reader, page) => reader.KeysById(page.After, page.Limit);

    /// <summary>Refolds whenever the current definition is another one, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var replaced = partition.Host.Replaced.Next;
            var plan = (long)partition.Host.Plans.Current.Hash;
            if (await partition.ReadMetaAsync("refolded_plan", cancellation) == plan)
                await replaced.WaitAsync(cancellation);
            else if (!await RefoldAsync(plan, cancellation))
                await Task.Delay(partition.Options.RetryDelay, partition.Options.Time, cancellation);
        }
    }

    /// <summary>False when something was refused and the same must be tried again.</summary>
    private async Task<bool> RefoldAsync(long plan, CancellationToken cancellation)
    {
        var resumes = await partition.ReadMetaAsync("refold_plan", cancellation) == plan;
        var place = resumes ? await partition.ReadMetaAsync("refold_place", cancellation) ?? 0 : 0;
        // Grains first written from now on are written under the new definition.
        var end = await partition.Readers.ReadAsync(
            static (reader, _) => reader.Database.Number("SELECT max(id) FROM grain") ?? 0, 0, cancellation);
        partition.Log.RefoldBegins(partition.Index, (ulong)plan, place, end);
        while (place < end && (long)partition.Host.Plans.Current.Hash == plan)
        {
            var page = await partition.Readers.ReadAsync(
                ReadKeys, (place, partition.Options.UpkeepWindow), cancellation);
            if (page.Count == 0) break;
            var keys = page.ConvertAll(row => row.Key);
            var (done, failed) = await Requests.SendAsync(
                partition.Host, keys, new GrainMessage.Refold(), cancellation);
            foreach (var key in failed) partition.Log.RefoldFailed(partition.Host.NameOf(key));
            if (done.Count + failed.Count < keys.Count) return false;
            place = page[^1].Id;
            var values = $"('refold_plan', {plan}), ('refold_place', {place})";
            if (await partition.StoreMetaAsync(values) is not null) return false;
        }
        // Replaced meanwhile: begin with the newer one.
        if ((long)partition.Host.Plans.Current.Hash != plan) return true;
        if (await partition.StoreMetaAsync($"('refolded_plan', {plan})") is not null) return false;
        partition.Log.RefoldEnds(partition.Index, (ulong)plan);
        return true;
    }
}
