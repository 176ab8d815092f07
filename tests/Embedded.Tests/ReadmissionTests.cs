using System.Text;
using DToC.Embedded.Backups;
using DToC.Embedded.Repair;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Embedded.Tests;

/// <summary>Who was erased comes back; what was erased does not, whatever is restored.</summary>
public sealed class ReadmissionTests
{
    private const string Before = "said-before-xqzv";
    private const string After = "said-after-xqzv";

    private static readonly GrainKey Ann = GrainKey.Customer("ann");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backup_from_before_the_erasure_brings_nothing_back_and_takes_what_is_new(bool isEncrypted)
    {
        await using var room = await ReturnedAsync(isEncrypted);
        await room.Host!.DisposeAsync();

        await using var restored = Restored(room, "before");
        Assert.Equal(!isEncrypted, Lie(restored.Folder, Before));
        restored.Start();
        await UntilAppliedAsync(restored);
        Assert.False(Lie(restored.Folder, Before));
        Assert.Null(await restored.Host!.ReadAsync(Ann, default));
        Assert.Equal(EventStatus.Erased, await ObserveAsync(restored, Before, room.Now.PlusMs(-3_600_000)));
        Assert.Equal(EventStatus.Accepted, await ObserveAsync(restored, After, room.Now));
        await restored.RestartAsync();
        Assert.Equal(EventStatus.Duplicate, await ObserveAsync(restored, After, room.Now));
        // The ledger was applied by an erasure of its own: whoever has its token lets in nobody else.
        var receipts = await restored.Host!.ReadRowsAsync(ErasuresGrain.Key, "", 10, default);
        foreach (var receipt in receipts)
            Assert.NotNull(await restored.Host.FindReadmissionAsync(receipt.Row, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backup_from_after_the_return_keeps_what_came_since(bool isEncrypted)
    {
        await using var room = await ReturnedAsync(isEncrypted);
        await room.Host!.DisposeAsync();
        await using var restored = Restored(room, "after");
        restored.Start();
        await UntilAppliedAsync(restored);
        Assert.Equal(1, await EventsAsync(restored));

        // Nothing in new files says how far the ledger was applied.
        await room.RestartAsync();
        await room.Host!.DisposeAsync();
        FolderRepartition.Run(room.Options, partitions: 3, default);
        Assert.Equal(0, room.Number(0, "SELECT count(*) FROM meta WHERE name='erasures_applied'"));
        room.Start();
        await UntilAppliedAsync(room);
        Assert.Equal(1, await EventsAsync(room));
        await room.RestartAsync();
        Assert.Equal(EventStatus.Duplicate, await ObserveAsync(room, After, room.Now));
    }

    [Fact]
    public async Task Until_a_restored_folder_is_rid_of_the_past_the_returned_are_told_to_come_back()
    {
        await using var room = await ReturnedAsync(isEncrypted: false);
        room.Host!.Partitions[0].Host.Ledger.IsApplied = false;
        foreach (var partition in room.Host.Partitions)
            await partition.DoAsync(new Turns.Chore(_ => partition.PutOut([Ann]), null));
        Assert.IsType<Reply.Unavailable>(await room.Host.SendAsync(Ann, Message(room, After, room.Now), default));
        Assert.Null(await room.Host.ReadAsync(Ann, default));
        Assert.NotEqual(Instant.Forever, room.Host.ErasedUntil(Ann));
        room.Host.Partitions[0].Host.Ledger.IsApplied = true;
        Assert.Equal(EventStatus.Duplicate, await ObserveAsync(room, After, room.Now));
    }

    [Fact]
    public async Task The_returned_can_be_merged_with_whom_they_were_split_from_and_decide_anew()
    {
        await using var room = CustomerRoom.Empty();
        var host = room.Start();
        var bob = GrainKey.Customer("bob");
        await ObserveAsync(room, "b", room.Now, "bob");
        await ObserveAsync(room, "a", room.Now);
        await host.SendAsync(Ann, new CustomerMessage.MergeInto("bob"), default);
        await UntilMergedAsync(host, bob);
        Assert.IsType<Reply.Done>(await host.SendAsync(bob, new CustomerMessage.Split("ann"), default));
        await HostRoom.UntilAsync(async () => (await TwinAsync(host, Ann))!.MovedTo is null);
        var decided = await DecideAsync(host);
        var subject = await CustomerSubject.FindAsync(host, host.Plans, "ann", default);
        Assert.Equal(["ann"], subject.Customers);
        var receipt = await host.EraseAsync(subject, "test", default);
        await host.ReadmitAsync(receipt.Token, since: null, "test", default);

        await ObserveAsync(room, "c", room.Now);
        Assert.NotEqual(decided, await DecideAsync(host), StringComparer.Ordinal);
        Assert.IsType<Reply.Done>(await host.SendAsync(Ann, new CustomerMessage.MergeInto("bob"), default));
        await UntilMergedAsync(host, bob);
        // What is sent to the id is led on, and what happened before the return is not taken there either.
        Assert.Equal(EventStatus.Erased, await ObserveAsync(room, "a", room.Now.PlusMs(-1)));
        Assert.Equal(EventStatus.Accepted, await ObserveAsync(room, "d", room.Now));
        Assert.Equal(EventStatus.Accepted, await ObserveAsync(room, "e", room.Now.PlusMs(-1), "bob"));
    }

    [Fact]
    public async Task The_ledger_counts_erasures_as_complete_up_to_the_first_that_is_open()
    {
        await using var room = CustomerRoom.Empty();
        await room.Start().DisposeAsync();
        using var vault = VaultFile.Open(room.Options, id: FolderRecord.Read(room.Folder)!.Vault);
        var ledger = new ErasureLedger(vault);
        var (first, second) = (
            ledger.Begin(new DataSubject(["a"], []), "test", room.Now),
            ledger.Begin(new DataSubject(["b"], []), "test", room.Now));
        ledger.End(second);
        Assert.Equal(0, ledger.Completed);
        Assert.Equal(ReadmissionAnswer.UnderWay.Instance, Readmit(ledger, first.Token, room.Now));
        ledger.End(first);
        Assert.Equal(2, ledger.Completed);
    }

    [Fact]
    public async Task What_two_erasures_closed_is_open_when_both_are_lifted()
    {
        await using var room = CustomerRoom.Empty();
        await room.Start().DisposeAsync();
        var id = FolderRecord.Read(room.Folder)!.Vault;
        var device = new Identifier("device", "d-1");
        var shared = GrainKey.Customer(IdentityGrain.MintId(device));
        List<string> tokens = [];
        using (var vault = VaultFile.Open(room.Options, id))
        {
            var ledger = new ErasureLedger(vault);
            foreach (var customer in (string[])["ann", "bob"])
            {
                var erasure = ledger.Begin(new DataSubject([customer], [device]), "test", room.Now);
                ledger.End(erasure);
                tokens.Add(erasure.Token);
            }
            Readmit(ledger, tokens[1], room.Now);
            Assert.True(ledger.IsErased(shared));
            Assert.False(ledger.IsErased(GrainKey.Customer("bob")));
        }
        using (var vault = VaultFile.Open(room.Options, id))
        {
            var ledger = new ErasureLedger(vault);
            Assert.True(ledger.IsErased(shared));
            var done = Assert.IsType<ReadmissionAnswer.Readmitted>(Readmit(ledger, tokens[0], room.Now)).Readmission;
            Assert.False(ledger.IsErased(shared));
            Assert.Equal(done, ledger.ReadmissionOf(ledger.StandingOf(shared)));
            // The clock stands still, and yet no number is given twice.
            Assert.True(done.At > room.Now);
        }
    }

    [Fact]
    public async Task A_vault_of_the_first_version_closes_whom_it_closed()
    {
        await using var room = await ReturnedAsync(isEncrypted: false);
        var subject = await CustomerSubject.FindAsync(room.Host!, room.Host!.Plans, "ann", default);
        var receipt = await room.Host.EraseAsync(subject, "test", default);
        await room.Host.DisposeAsync();
        using (var vault = Database.OpenWriter(VaultFile.PathOf(room.Options), room.Options, create: false))
        {
            vault.Execute("""
                CREATE TABLE first(hash BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
                INSERT INTO first SELECT hash, max(seq) FROM erased GROUP BY hash;
                DROP TABLE erased;
                ALTER TABLE first RENAME TO erased;
                ALTER TABLE erasure DROP COLUMN again_of;
                ALTER TABLE erasure DROP COLUMN readmission;
                PRAGMA user_version=1;
                """);
        }
        Assert.True(Erasures.FolderSearch.IsErased(room.Options, "ann"));
        room.Start();
        Assert.Equal(Instant.Forever, room.Host!.ErasedUntil(Ann));
        Assert.IsType<ReadmissionAnswer.Readmitted>(
            await room.Host.ReadmitAsync(receipt.Token, since: null, "test", default));
        Assert.Equal(room.Now, room.Host.ErasedUntil(Ann));
        Assert.False(Erasures.FolderSearch.IsErased(room.Options, "ann"));
    }

    /// <summary>Known, backed up, erased, let in again, known again, backed up.</summary>
    private static async Task<HostRoom> ReturnedAsync(bool isEncrypted)
    {
        var room = CustomerRoom.Empty();
        room.Options = room.Options with { MasterKey = isEncrypted ? SealTests.Master : null };
        var host = room.Start();
        Assert.Equal(EventStatus.Accepted, await ObserveAsync(room, Before, room.Now));
        await SettleAsync(host);
        FolderBackup.Run(room.Options, Path.Combine(room.Folder, "before"), default);
        room.Time.Advance(TimeSpan.FromHours(1));
        var subject = await CustomerSubject.FindAsync(host, host.Plans, "ann", default);
        var receipt = await host.EraseAsync(subject, "test", default);
        room.Time.Advance(TimeSpan.FromHours(1));
        Assert.IsType<ReadmissionAnswer.Readmitted>(
            await host.ReadmitAsync(receipt.Token, since: null, "test", default));
        Assert.Equal(EventStatus.Erased, await ObserveAsync(room, Before, room.Now.PlusMs(-3_600_000)));
        Assert.Equal(EventStatus.Accepted, await ObserveAsync(room, After, room.Now));
        await SettleAsync(host);
        FolderBackup.Run(room.Options, Path.Combine(room.Folder, "after"), default);
        return room;
    }

    private static HostRoom Restored(HostRoom room, string backup)
    {
        var restored = CustomerRoom.Empty();
        restored.Options = restored.Options with { MasterKey = room.Options.MasterKey };
        FolderRestore.Run(
            Path.Combine(room.Folder, backup), restored.Options,
            new VaultOrigin.Copied(VaultFile.FolderOf(room.Options)), default);
        restored.Time.Advance(room.Time.GetUtcNow() - restored.Time.GetUtcNow());
        return restored;
    }

    private static Task UntilAppliedAsync(HostRoom room) =>
        HostRoom.UntilAsync(() => Task.FromResult(room.Host!.Partitions[0].Host.Ledger.IsApplied));

    private static Task SettleAsync(EmbeddedHost host) =>
        HostRoom.UntilAsync(() => Task.FromResult(host.Status().Partitions.All(p => p.PendingEffects == 0)));

    private static ReadmissionAnswer Readmit(ErasureLedger ledger, string token, Instant now) =>
        ledger.Readmit(token, since: null, "test", now, sign: done => done);

    private static async Task<int> EventsAsync(HostRoom room) =>
        (await room.Host!.ReadJournalAsync(Ann, default)).Count(entry => entry.Kind == JournalKind.Event);

    private static async Task<CustomerState?> TwinAsync(EmbeddedHost host, GrainKey key) =>
        await host.ReadAsync(key, default) is { } stored
            ? CustomerCodec.Read(stored.Bytes.Span, host.Plans).Twin : null;

    private static Task UntilMergedAsync(EmbeddedHost host, GrainKey into) =>
        HostRoom.UntilAsync(async () => (await TwinAsync(host, into))!.Merged.Contains("ann"));

    private static async Task<string> DecideAsync(EmbeddedHost host)
    {
        var reply = await host.SendAsync(Ann, new CustomerMessage.Decide(["web", null, null, null]), default);
        return Assert.IsType<CustomerReply.Decided>(reply).Decision.Id;
    }

    private static async Task<EventStatus> ObserveAsync(
        HostRoom room, string note, Instant at, string customer = "ann")
    {
        var reply = await room.Host!.SendAsync(GrainKey.Customer(customer), Message(room, note, at), default);
        return Assert.IsType<CustomerReply.Observed>(reply).Results[0].Status;
    }

    private static CustomerMessage.Observe Message(HostRoom room, string note, Instant at)
    {
        var read = new EventReader(room.Host!.Plans.Current.Events, EventLimits.Default).Read(
            Encoding.UTF8.GetBytes($$"""
                {"id":"{{note}}","source":"shop","type":"Product Viewed","customer":"ann","time":"{{at}}",
                 "identifiers":{"email":"ann@example.com"},"properties":{"product_id":"p","note":"{{note}}"} }
                """), room.Now);
        return new CustomerMessage.Observe([Assert.IsType<EventReading.Read>(read).Event]);
    }

    private static bool Lie(string folder, string text) =>
        SealTests.Lying(folder, [Encoding.UTF8.GetBytes(text)]).Count > 0;
}
