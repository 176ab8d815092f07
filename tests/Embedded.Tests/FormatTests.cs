using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Tests;

/// <summary>Folders of older formats, as the releases of their time wrote them.</summary>
public sealed class FormatTests
{
    private const string Id = "9d6b8a4c13b3af97";

    [Fact]
    public async Task A_folder_of_format_1_is_upgraded_at_start_and_keeps_everything()
    {
        await using var room = CustomerRoom.OfFormat1();
        var host = room.Start();
        Assert.Equal((6, 117, 123), await CountAsync(host));
        var decision = await FirstAsync(host.SubscribeAsync(Topic.Decision, Published.Beginning, default));
        Assert.Equal("customer/c-000001#2", decision.Id.ToString());
        await room.RestartAsync();

        Assert.Equal((6, 117, 123), await CountAsync(room.Host!));
        Assert.Equal(Schema.Version, room.Number(0, "PRAGMA user_version"));
        Assert.Equal(Schema.Version, FolderRecord.Read(room.Folder)!.Format);
        Assert.Equal(Id, FolderRecord.Read(room.Folder)!.FolderId);
    }

    [Fact]
    public async Task Rows_written_after_the_upgrade_have_a_checksum()
    {
        await using var room = CustomerRoom.OfFormat1();
        var host = room.Start();
        var key = (await host.ListAsync(GrainKind.Customer, "", 1, default))[0];
        Assert.IsType<Reply.Done>(await host.SendAsync(key, new GrainMessage.Refold(), default));
        // Others may have been written by now, as what they contribute to segments was counted.
        Assert.InRange(Checksums(room), 1, 6);
    }

    [Fact]
    public async Task An_upgrade_that_was_interrupted_goes_on_at_the_next_start()
    {
        await using var room = CustomerRoom.OfFormat1();
        room.Execute(1, $"BEGIN; {Schema.StepFrom(1)} PRAGMA user_version=2; COMMIT;");
        Assert.Equal(1, FolderRecord.Read(room.Folder)!.Format);
        Assert.Equal((6, 117, 123), await CountAsync(room.Start()));
        Assert.Equal(Schema.Version, FolderRecord.Read(room.Folder)!.Format);
    }

    [Fact]
    public async Task A_newer_format_is_refused_by_its_number()
    {
        await using var room = CustomerRoom.OfFormat1();
        var record = FolderRecord.Read(room.Folder)! with { Format = Schema.Version + 1 };
        record.Write(room.Folder);
        var refusal = Assert.Throws<DataFolderException>(() => room.Start());
        Assert.Contains($"format {Schema.Version + 1}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Start the release that wrote it", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, room.Number(0, "PRAGMA user_version"));
    }

    private static long Checksums(HostRoom room) =>
        room.Number(0, "SELECT count(*) FROM grain WHERE crc IS NOT NULL")
        + room.Number(1, "SELECT count(*) FROM grain WHERE crc IS NOT NULL");

    private static async Task<(int Customers, long Events, int Entries)> CountAsync(EmbeddedHost host)
    {
        var (events, entries) = (0L, 0);
        var keys = await host.ListAsync(GrainKind.Customer, "", 100, default);
        foreach (var key in keys)
        {
            var stored = await host.ReadAsync(key, default);
            events += CustomerCodec.Read(stored!.Bytes.Span, host.Plans).Twin.EventCount;
            entries += (await host.ReadJournalAsync(key, default)).Count;
        }
        return (keys.Count, events, entries);
    }

    private static async Task<Published> FirstAsync(IAsyncEnumerable<Published> published)
    {
        await foreach (var first in published) return first;
        throw new InvalidOperationException("The subscription ended.");
    }
}
