using DToC.Conformance;
using DToC.Embedded.Checks;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Tests;

public sealed class CheckTests
{
    [Fact]
    public async Task A_folder_of_customers_is_sound_to_the_refold_of_every_journal()
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        var report = FolderCheck.Run(room.Options, deep: true, default);
        Assert.Empty(report.Findings);
        Assert.Equal((6, 123, 6), (
            report.Partitions.Sum(p => p.Grains), report.Partitions.Sum(p => p.JournalRows),
            report.Partitions.Sum(p => p.Refolded)));
    }

    [Fact]
    public async Task A_folder_is_checked_beside_the_host_that_uses_it()
    {
        await using var room = new HostRoom();
        room.Start();
        await FillAsync(room);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++) await room.SendAsync($"a{i % 9}", Pass(room, $"b{i % 7}"));
        });
        var checks = 0;
        while (!sending.IsCompleted || checks == 0)
        {
            Assert.Empty(FolderCheck.Run(room.Options, deep: false, default).Findings);
            checks++;
        }
        await sending;
        Assert.True(room.Host!.Status().Ready);
    }

    [Theory]
    [InlineData("UPDATE grain SET state = state || x'00' WHERE id = 1", FindingKind.Checksum)]
    [InlineData("UPDATE grain SET state = x'FF', crc = NULL WHERE id = 1", FindingKind.Unreadable)]
    [InlineData("UPDATE grain SET version = version + 1, crc = NULL WHERE id = 1", FindingKind.Sequence)]
    [InlineData("UPDATE grain SET journal_head = journal_head - 1, crc = NULL WHERE id = 1", FindingKind.Journal)]
    [InlineData("UPDATE grain SET key = x'FA' WHERE id = 1", FindingKind.Placement)]
    [InlineData("DELETE FROM grain WHERE id = 1", FindingKind.Reference)]
    [InlineData("DELETE FROM journal WHERE seq = 3", FindingKind.Journal)]
    [InlineData("UPDATE journal SET seed = seed + 1 WHERE seq = 2", FindingKind.Checksum)]
    [InlineData("UPDATE journal SET plan = 7, crc = NULL WHERE seq = 2", FindingKind.Reference)]
    [InlineData("UPDATE row SET value = x'00'", FindingKind.Checksum)]
    [InlineData("UPDATE wake SET key = x'FA41'", FindingKind.Reference)]
    [InlineData("UPDATE outbox SET sequence = 1000000, crc = NULL", FindingKind.Sequence)]
    [InlineData("INSERT INTO pending_send VALUES(1, x'FA41', 1, x'FA42', x'00', NULL)", FindingKind.Reference)]
    [InlineData("UPDATE lease SET available = -1", FindingKind.Sequence)]
    [InlineData("UPDATE definition SET current = 0", FindingKind.Reference)]
    [InlineData("UPDATE meta SET value = 'other' WHERE name = 'folder'", FindingKind.Identity)]
    public async Task What_is_not_as_it_should_be_is_found(string change, FindingKind kind)
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await FillAsync(room);
        await room.Host!.DisposeAsync();
        Assert.True(FolderCheck.Run(room.Options, deep: false, default).IsSound);
        room.Execute(0, change);
        Assert.Contains(FolderCheck.Run(room.Options, deep: false, default).Findings, found => found.Kind == kind);
    }

    [Fact]
    public async Task Damaged_pages_are_found_and_the_other_partition_is_checked()
    {
        await using var room = await LargeAsync();
        Deface(room, 0, page: 20, pages: 3);
        var report = FolderCheck.Run(room.Options, deep: false, default);
        Assert.Contains(report.Findings, found => found.Kind == FindingKind.Pages);
        Assert.All(report.Findings, found => Assert.Equal(0, found.Partition));
        Assert.True(report.Partitions[1].Grains > 100);
    }

    [Fact]
    public async Task A_state_that_is_not_what_its_journal_gives_is_found_when_asked()
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        // The newest event of a customer goes, with all that names it.
        room.Execute(0, """
            UPDATE grain SET journal_head = (SELECT prev FROM journal WHERE seq = journal_head), crc = NULL
            WHERE journal_head = (SELECT max(seq) FROM journal);
            DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal);
            """);
        Assert.True(FolderCheck.Run(room.Options, deep: false, default).IsSound);
        Assert.Contains(
            FolderCheck.Run(room.Options, deep: true, default).Findings, found => found.Kind == FindingKind.Refold);
    }

    [Fact]
    public async Task A_folder_of_an_older_format_or_none_is_refused()
    {
        await using var room = CustomerRoom.OfFormat1();
        Assert.Contains("dtoc upgrade", Refusal(room.Options), StringComparison.Ordinal);
        Assert.Contains("no data folder", Refusal(room.Options with { DataFolder = Path.GetTempPath() }),
            StringComparison.Ordinal);
        Assert.Equal(1, room.Number(0, "PRAGMA user_version"));
    }

    /// <summary>Something in every table.</summary>
    internal static async Task FillAsync(HostRoom room)
    {
        await room.Host!.GrantLeaseAsync("budget", 10, default);
        for (var i = 0; i < 4; i++) await room.AddAsync("first", 1);
        await room.SendAsync("first", new ProbeMessage.Put(room.Id(), room.Now, "row", "value"));
        await room.SendAsync("first", new ProbeMessage.Tell(room.Id(), room.Now));
        var later = room.Now.PlusMs(1_000_000_000);
        await room.SendAsync("first", new ProbeMessage.Wake(room.Id(), room.Now, "later", later));
        await room.SendAsync("first", Pass(room, "second"));
        await HostRoom.UntilAsync(async () => await room.Host!.ReadAsync(ProbeGrain.Key("second"), default) is not null
            && room.Host.Status().Partitions.All(p => p.PendingEffects == 0));
    }

    /// <summary>Enough states and journal rows to fill pages.</summary>
    internal static async Task<HostRoom> LargeAsync()
    {
        var room = new HostRoom();
        room.Start();
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 400).Select(i => room.AddAsync($"p{i}", i).AsTask()));
        }
        await room.Host!.DisposeAsync();
        return room;
    }

    /// <summary>Overwrites pages of a file.</summary>
    internal static void Deface(HostRoom room, int partition, int page, int pages)
    {
        using var file = File.OpenWrite(Path.Combine(room.Folder, DataFolder.NameOf(partition)));
        Assert.True(file.Length > (page + pages) * 4096L);
        file.Position = (page - 1) * 4096L;
        var noise = new byte[pages * 4096];
        new Random(7).NextBytes(noise);
        file.Write(noise);
    }

    private static ProbeMessage.Pass Pass(HostRoom room, string to) => new(room.Id(), room.Now, to, 1);

    private static string Refusal(EmbeddedOptions options) =>
        Assert.Throws<DataFolderException>(() => FolderCheck.Run(options, deep: false, default)).Message;
}
