using System.Text;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using DToC.Grains;

namespace DToC.Embedded.Tests;

/// <summary>Nothing that was erased is left in the log of the vault.</summary>
public sealed class VaultLogTests
{
    private const string Erased = "erased-xqzv";

    [Fact]
    public async Task An_erasure_is_not_through_while_somebody_holds_the_vaults_log_and_completes_by_itself()
    {
        await using var room = await KnownAsync();
        var host = room.Host!;
        using (Hold(room))
        {
            var failure = await Assert.ThrowsAsync<StoreException>(() => EraseAsync(host));
            Assert.Contains("log", failure.Message, StringComparison.Ordinal);
            Assert.True(Lies(room));
        }
        Assert.Single(await host.ReadRowsAsync(ErasuresGrain.Key, "", 10, default));
        await HostRoom.UntilAsync(() =>
        {
            room.Time.Advance(room.Options.UpkeepInterval);
            return Task.FromResult(!Lies(room));
        });
    }

    [Fact]
    public async Task A_start_empties_a_log_that_was_held()
    {
        await using var room = await KnownAsync();
        using (Hold(room))
        {
            await Assert.ThrowsAsync<StoreException>(() => EraseAsync(room.Host!));
            await room.Host!.DisposeAsync();
            Assert.True(Lies(room));
        }
        using var vault = VaultFile.Open(room.Options, FolderRecord.Read(room.Folder)!.Vault);
        Assert.False(Lies(room));
    }

    private static async Task<HostRoom> KnownAsync()
    {
        var room = CustomerRoom.Empty();
        room.Options = room.Options with { LockWait = TimeSpan.FromMilliseconds(50) };
        var consent = new CustomerMessage.SetConsents([new("marketing", Twin.State.ConsentStatus.Granted)], "desk");
        Assert.IsType<Reply.Done>(await room.Start().SendAsync(GrainKey.Customer(Erased), consent, default));
        return room;
    }

    private static async Task EraseAsync(EmbeddedHost host)
    {
        var subject = await CustomerSubject.FindAsync(host, host.Plans, Erased, default);
        await host.EraseAsync(subject, "test", default);
    }

    /// <summary>As one does that copies the vault.</summary>
    private static Database Hold(HostRoom room)
    {
        var reader = Database.OpenBeside(VaultFile.PathOf(room.Options), room.Options);
        reader.Execute("BEGIN; SELECT count(*) FROM meta");
        return reader;
    }

    private static bool Lies(HostRoom room) =>
        SealTests.Lying(room.Folder, [Encoding.UTF8.GetBytes(Erased)]).Count > 0;
}
