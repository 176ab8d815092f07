using System.Security.Cryptography;
using System.Text;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Embedded.Vaults;
using DToC.Grains;
using DToC.Twin;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Erasures;

/// <summary>
/// Carries out erasures, one after the other. The ledger closes the subject's keys first, durably; whatever is
/// interrupted after that begins anew at the next start, as each step finds what is left. The steps: out of memory;
/// who else it reaches (<see cref="SubjectReach"/>), and what was sent to others has arrived; rows of tables, by turns
/// of the tables; everything under the keys, in one transaction a partition; the receipt and the notice; the
/// write-ahead logs, emptied into files whose pages hold nothing that was removed; the keys that the rows were sealed
/// with, and the ledger's own names.
/// </summary>
internal sealed class Erasing(HostContext host) : IDisposable
{
    private const int MostRounds = 5;
    private const int QuickLooks = 200;
    private const int MostLooks = 230;
    private const int RowsAtOnce = 500;
    private const string AppliedName = "erasures_applied";

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly StoredTwins _store = new(host);

    private ErasureLedger Ledger => host.Ledger;

    private Instant Now => Instant.From(host.Options.Time.GetUtcNow());

    /// <summary>Erases a subject.</summary>
    /// <exception cref="StoreException">It was begun, if it could be, and goes on later.</exception>
    public async Task<ErasureReceipt> RunAsync(DataSubject subject, string by, CancellationToken cancellation)
    {
        return await OneAsync(Ledger.Begin(subject, by, Now), cancellation);
    }

    /// <summary>Lets those of an erasure in again.</summary>
    /// <exception cref="StoreException">Nothing was done.</exception>
    public ReadmissionAnswer Readmit(string token, Instant? since, string by)
    {
        var answer = Ledger.Readmit(token, since, by, Now, new ReceiptSigning(host.Vault).Sign);
        if (answer is ReadmissionAnswer.Readmitted { Readmission: var done })
            host.Log.Readmitted(done.Token, done.Since);
        return answer;
    }

    /// <summary>Completes what was begun before this start, or could not be completed since; until cancelled.</summary>
    public async Task ResumeAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(host.Options.UpkeepInterval, host.Options.Time);
        do
        {
            foreach (var erasure in Ledger.ReadOpen())
            {
                try
                {
                    await OneAsync(erasure, cancellation);
                }
                catch (StoreException exception)
                {
                    host.Log.ErasureWaits(erasure.Token, exception.Message);
                }
            }
            if (!Ledger.IsApplied) await ApplyLedgerAsync(cancellation);
            EmptyVaultLog();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Whether a folder's files may hold what was erased since: they come from a backup.</summary>
    public static bool IsAppliedIn(Database file, ErasureLedger ledger) =>
        (file.Number($"SELECT value FROM meta WHERE name='{AppliedName}'") ?? 0) >= ledger.AtStart;

    public void Dispose() => _one.Dispose();

    /// <summary>
    /// A folder that was restored holds customers that were erased since its backup. Their keys are closed, so nothing
    /// of them is served; here they go.
    /// </summary>
    private async Task ApplyLedgerAsync(CancellationToken cancellation)
    {
        var newest = Ledger.AtStart;
        HashSet<string> gone = new(StringComparer.Ordinal);
        foreach (var partition in host.Partitions)
        {
            if (await partition.ReadMetaAsync(AppliedName, cancellation) >= newest) continue;
            foreach (var customer in await FindErasedAsync(partition, cancellation))
            {
                if (gone.Contains(customer)) continue; // went with one that it was merged into
                var subject = await CustomerSubject.FindAsync(_store, host.Plans, customer, cancellation);
                var first = Ledger.StandingOf(GrainKey.Customer(customer)).Newest;
                await OneAsync(Ledger.Begin(subject, "the ledger of erasures", Now, againOf: first), cancellation);
                gone.UnionWith(subject.Customers);
            }
        }
        await StoreAppliedAsync();
        Ledger.IsApplied = true;
    }

    private async Task<List<string>> FindErasedAsync(Partition partition, CancellationToken cancellation)
    {
        List<string> found = [];
        for (var after = ""; ;)
        {
            var keys = await partition.Readers.ReadAsync(
                static (reader, page) => reader.Keys(GrainKind.Customer, page.After, page.Limit),
                (After: after, Limit: host.Options.SweepRows), cancellation);
            foreach (var key in keys)
            {
                if (await IsErasedAsync(partition, key, cancellation)) found.Add(key.Id);
            }
            if (keys.Count < host.Options.SweepRows) return found;
            after = keys[^1].Id;
        }
    }

    /// <summary>Whether what is stored of a key was erased; not of those that are erased at this moment.</summary>
    private async ValueTask<bool> IsErasedAsync(Partition partition, GrainKey key, CancellationToken cancellation)
    {
        var standing = Ledger.StandingOf(key);
        if (standing.Newest == 0 || standing.Newest > Ledger.AtStart) return false;
        if (Ledger.ReadmissionOf(standing) is not { } again) return true;
        // The versions of one that came back begin above all that it had before.
        var version = await partition.Readers.ReadAsync(
            static (reader, of) => reader.VersionOf(of), key, cancellation);
        return version <= again.Floor;
    }

    private async Task StoreAppliedAsync()
    {
        var newest = Ledger.Completed;
        foreach (var partition in host.Partitions)
        {
            Require(await partition.StoreMetaAsync($"('{AppliedName}', {newest})"));
        }
    }

    private void EmptyVaultLog()
    {
        try
        {
            host.Vault.EmptyLog();
        }
        catch (StoreException exception)
        {
            host.Log.VaultLogHeld(exception.Message);
        }
    }

    private async Task<ErasureReceipt> OneAsync(OpenErasure erasure, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            // Both who asked for it and the regular look for open ones may have waited here.
            return Ledger.IsOpen(erasure) || await ReadReceiptAsync(erasure, cancellation) is not { } receipt
                ? await CarryOutAsync(erasure, cancellation) : receipt;
        }
        finally
        {
            _one.Release();
        }
    }

    private async ValueTask<ErasureReceipt?> ReadReceiptAsync(
        OpenErasure erasure, CancellationToken cancellation) =>
        await _store.ReadRowAsync(ErasuresGrain.Key, erasure.Token, cancellation) is { } row
            ? ErasureReceipt.FromBytes(row.Span) : null;

    private async Task<ErasureReceipt> CarryOutAsync(OpenErasure erasure, CancellationToken cancellation)
    {
        (erasure, var found) = await CloseAsync(erasure, cancellation);
        erasure = await WithKeysAsync(erasure, cancellation);
        Ledger.EndClosing(erasure);
        var removed = default(KeptCounts);
        for (var round = 0; round == 0 || found.Count > 0; round++)
        {
            if (round == MostRounds)
                throw new StoreException(0, "Something of the customer comes back while it is erased.");
            removed = removed.And(KeptCounts.Of(found.Select(row => row.Record)));
            await RemoveRowsAsync(erasure.Subject, found);
            var tallied = await TalliedAsync(erasure.Subject, cancellation);
            foreach (var partition in host.Partitions) await RemoveKeysAsync(partition, erasure.Subject, found);
            foreach (var (key, grain) in tallied)
                host.PartitionOf(key).Segments.Removed(grain.Id, key.Id, grain.State.Bytes.Span);
            found = await new KeptRows(host).ReadAsync(erasure.Subject, cancellation);
        }
        var receipt = Sign(erasure, removed);
        var told = await SendAsync(ErasuresGrain.Key, new ErasuresMessage.Record(receipt));
        if (told is not Reply.Done) throw new StoreException(0, $"The receipt could not be kept ({told}).");
        foreach (var partition in host.Partitions) partition.EmptyLog();
        if (erasure.SealKeys.Count == 0) Ledger.End(erasure);
        else host.Seals.Destroy(erasure.SealKeys, vault => ErasureLedger.End(erasure, vault));
        if (Ledger.IsApplied) await StoreAppliedAsync();
        host.Vault.EmptyLog();
        host.Log.Erased(erasure.Token, removed.Total);
        return receipt;
    }

    /// <summary>
    /// Takes the subject's twins out of memory, behind all turns that were taken before; closes whoever turns out to be
    /// one with them; and waits until what they have sent to others has arrived. With it comes what is kept of them.
    /// </summary>
    private async Task<(OpenErasure Erasure, List<KeptRow> Found)> CloseAsync(
        OpenErasure erasure, CancellationToken cancellation)
    {
        var kept = new KeptRows(host);
        for (var looks = 0; ; looks++)
        {
            List<GrainKey> closed = [.. erasure.Subject.Closed.Select(GrainKey.Customer)];
            foreach (var partition in host.Partitions)
                Require(await partition.DoAsync(new Chore(_ => partition.PutOut(closed), null)));
            var sends = await kept.SendsAsync(erasure.Subject, cancellation);
            var wider = await SubjectReach.WidenAsync(_store, host.Plans, erasure.Subject, sends, cancellation);
            if (!wider.IsIn(erasure.Subject)) erasure = Ledger.Widen(erasure with { Subject = wider });
            else if (!sends.Exists(send => SubjectReach.MustArrive(erasure.Subject, send)))
            {
                var found = await kept.ReadAsync(erasure.Subject, cancellation);
                wider = SubjectReach.WithIdentifiers(wider, found.Select(row => row.Record));
                if (wider.IsIn(erasure.Subject)) return (erasure, found);
                erasure = Ledger.Widen(erasure with { Subject = wider });
            }
            else if (looks >= MostLooks)
                throw new StoreException(0, "The erasure goes on later: what the customer sent has not arrived yet.");
            // Most effects arrive within a few commits.
            else if (looks >= QuickLooks) await Task.Delay(host.Options.RetryDelay, host.Options.Time, cancellation);
        }
    }

    /// <summary>Notes the keys that rows are sealed with, before the rows go that name them.</summary>
    private async Task<OpenErasure> WithKeysAsync(OpenErasure erasure, CancellationToken cancellation)
    {
        if (!host.Seals.AreOn) return erasure;
        HashSet<long> keys = [.. erasure.SealKeys];
        foreach (var key in erasure.Subject.Keys)
        {
            keys.UnionWith(await host.PartitionOf(key).Readers.ReadAsync(
                static (reader, of) => reader.SealKeysOf(of), key, cancellation));
        }
        return keys.Count == erasure.SealKeys.Count
            ? erasure : Ledger.Widen(erasure with { SealKeys = [.. keys.Order()] });
    }

    /// <summary>
    /// What the tallies of segments have of a subject: the last states, which no turn changes any more.
    /// </summary>
    private async Task<List<(GrainKey Key, StoredGrain Grain)>> TalliedAsync(
        DataSubject subject, CancellationToken cancellation)
    {
        List<(GrainKey, StoredGrain)> tallied = [];
        foreach (var key in subject.Keys)
        {
            if (key.Kind != GrainKind.Customer) continue;
            if (await _store.FindAsync(key, cancellation) is { } grain) tallied.Add((key, grain));
        }
        return tallied;
    }

    private async Task RemoveRowsAsync(DataSubject subject, List<KeptRow> found)
    {
        foreach (var table in found.Select(row => row.Record).OfType<KeptRecord.Row>().GroupBy(row => row.Key))
        {
            foreach (var names in table.Select(row => row.Stored.Row).Chunk(RowsAtOnce))
            {
                var removal = new GrainMessage.RemoveRows(names) { Customers = subject.Customers };
                var reply = await SendAsync(table.Key, removal);
                if (reply is not Reply.Done) throw new StoreException(0, $"Rows of {table.Key} stayed ({reply}).");
            }
        }
    }

    private static async Task RemoveKeysAsync(Partition partition, DataSubject subject, List<KeptRow> found)
    {
        var published = found.Where(row => row.Partition == partition.Index && row.Record is KeptRecord.Published)
            .Select(row => row.Seq).ToList();
        // In every partition: others' effects to these keys lie where their senders are.
        var removal = new RowRemoval([.. subject.Keys], published);
        Require(await partition.DoAsync(new Chore(_ => partition.PutOut(subject.Keys), removal.Run)));
        partition.ForgetSends(removal.Sends);
    }

    /// <summary>Sends a message of the host's own, for which there is always room.</summary>
    private ValueTask<Reply> SendAsync(GrainKey key, GrainMessage message)
    {
        var delivery = new Delivery(key, message, admittedBy: null);
        host.Deliver(delivery);
        return delivery.Completion;
    }

    private ErasureReceipt Sign(OpenErasure erasure, in KeptCounts removed) =>
        new ReceiptSigning(host.Vault).Sign(new ErasureReceipt
        {
            Token = erasure.Token,
            At = erasure.Begun,
            By = erasure.By,
            Subjects = [.. erasure.Subject.Customers.Select(id => SubjectHash(erasure.Token, id))
                .Order(StringComparer.Ordinal)],
            Removed = removed,
            PublicKey = "",
        });

    private static string SubjectHash(string token, string customer) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{token}\n{customer}")));

    private static void Require(string? failure)
    {
        if (failure is not null) throw new StoreException(0, $"The erasure goes on later: {failure}.");
    }
}
