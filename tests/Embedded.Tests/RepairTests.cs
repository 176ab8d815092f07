using DToC.Conformance;
using DToC.Embedded.Checks;
using DToC.Embedded.Repair;
using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Tests;

public sealed class RepairTests
{
    [Fact]
    public async Task A_damaged_state_is_made_anew_from_its_journal()
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        var before = await TwinsAsync(room);
        room.Execute(1, "UPDATE grain SET state = state || x'00' WHERE id = 1");
        var report = FolderRebuild.Run(room.Options, partition: null, refold: false, default);

        var rebuilt = Assert.Single(report.Partitions);
        Assert.Equal((1, 3L, 76L, true),
            (rebuilt.Partition, rebuilt.StatesKept, rebuilt.JournalRows, report.IsWhole));
        Assert.Single(rebuilt.StatesRebuilt);
        Assert.True(File.Exists(Path.Combine(rebuilt.Aside, "partition-001.db")));
        Assert.Empty(FolderCheck.Run(room.Options, deep: true, default).Findings);
        Assert.Equal(before, await TwinsAsync(room));
        Assert.Empty(FolderRebuild.Run(room.Options, null, false, default).Partitions);
    }

    [Fact]
    public async Task States_are_folded_anew_when_asked()
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        var before = await TwinsAsync(room);
        var report = FolderRebuild.Run(room.Options, partition: 0, refold: true, default);
        Assert.Equal((2L, 2L), (report.Partitions[0].StatesKept, report.Partitions[0].StatesRefolded));
        Assert.Empty(FolderCheck.Run(room.Options, deep: true, default).Findings);
        Assert.Equal(before, await TwinsAsync(room));
    }

    [Fact]
    public async Task What_damaged_pages_leave_is_saved_and_what_they_took_is_said()
    {
        await using var room = await CheckTests.LargeAsync();
        var before = FolderCheck.Run(room.Options, deep: false, default).Partitions[0];
        CheckTests.Deface(room, 0, page: 20, pages: 4);
        var report = FolderRebuild.Run(room.Options, partition: null, refold: false, default);

        var rebuilt = Assert.Single(report.Partitions);
        Assert.Equal((0, false), (rebuilt.Partition, report.IsWhole));
        Assert.InRange(rebuilt.StatesKept + rebuilt.JournalRows, 100, before.Grains + before.JournalRows - 1);
        Assert.Contains(rebuilt.Losses, loss => loss.Contains("cannot be read", StringComparison.Ordinal));
        var after = FolderCheck.Run(room.Options, deep: false, default);
        Assert.DoesNotContain(after.Findings, found => found.Kind is FindingKind.Pages or FindingKind.Checksum);
        Assert.Equal((rebuilt.StatesKept, rebuilt.JournalRows),
            (after.Partitions[0].Grains, after.Partitions[0].JournalRows));
        room.Start();
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("new", 1));
        Assert.True(room.Host!.Status().Ready);
    }

    [Fact]
    public async Task A_lost_journal_row_is_named_with_its_owner()
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        room.Execute(0, "UPDATE journal SET seed = 1, crc = 1 WHERE seq = 5");
        var report = FolderRebuild.Run(room.Options, partition: null, refold: false, default);
        Assert.Contains(report.Partitions[0].Losses, loss => loss.Contains("(row 5)", StringComparison.Ordinal));
        Assert.Contains(report.Partitions[0].Losses, loss =>
            loss.StartsWith("journals with rows missing", StringComparison.Ordinal)
            && loss.Contains("customer/", StringComparison.Ordinal));
        Assert.Empty(FolderCheck.Run(room.Options, deep: false, default).Findings);
    }

    [Fact]
    public async Task A_folder_in_use_or_without_anything_to_read_is_refused()
    {
        await using var room = await CheckTests.LargeAsync();
        room.Start();
        Assert.Contains("in use", Refusal(room, null), StringComparison.Ordinal);
        await room.Host!.DisposeAsync();
        Assert.Contains("no partition 2", Refusal(room, 2), StringComparison.Ordinal);
        CheckTests.Deface(room, 1, page: 1, pages: 2);
        Assert.Contains("restore a backup", Refusal(room, null), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(room.Folder, "partition-001.db")));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    public async Task Repartitioning_moves_every_twin_and_the_host_goes_on(int partitions)
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        var host = room.Start();
        var before = await CustomerRoom.DumpAsync(host);
        var published = await CustomerRoom.PublishedAsync(host, Topic.Decision, 4);
        await host.DisposeAsync();
        var report = FolderRepartition.Run(room.Options, partitions, default);

        Assert.Equal((2, partitions, 6L, 123L), (report.From, report.To, report.Grains, report.JournalRows));
        Assert.Empty(FolderCheck.Run(room.Options, deep: true, default).Findings);
        host = room.Start();
        Assert.Equal(partitions, host.Status().Partitions.Count);
        Assert.Equal(before, await CustomerRoom.DumpAsync(host));
        var moved = await CustomerRoom.PublishedAsync(host, Topic.Decision, 4);
        Assert.Equal(
            published.Select(p => p.Id.ToString()).Order(StringComparer.Ordinal),
            moved.Select(p => p.Id.ToString()).Order(StringComparer.Ordinal));
        Assert.Throws<FormatException>(() => { host.SubscribeAsync(Topic.Decision, published[0].Cursor, default); });
        var key = (await host.ListAsync(GrainKind.Customer, "", 1, default))[0];
        Assert.IsType<Reply.Done>(await host.SendAsync(key, new GrainMessage.Refold(), default));
    }

    [Fact]
    public async Task Repartitioning_moves_rows_wake_ups_leases_and_effects_under_way()
    {
        await using var room = new HostRoom();
        room.Start();
        await CheckTests.FillAsync(room);
        for (var i = 0; i < 30; i++)
            await room.SendAsync($"p{i % 10}", new ProbeMessage.Tell(room.Id(), room.Now));
        var before = await CustomerRoom.DumpAsync(room.Host!);
        var published = await CustomerRoom.PublishedAsync(room.Host!, Topic.Probe, 31);
        await room.Host!.DisposeAsync();
        FolderRepartition.Run(room.Options, 3, default);

        var host = room.Start();
        Assert.Equal(before, await CustomerRoom.DumpAsync(host));
        var moved = await CustomerRoom.PublishedAsync(host, Topic.Probe, 31);
        foreach (var sender in published.GroupBy(p => p.Id.Sender))
        {
            Assert.Equal(
                sender.Select(p => p.Id.Sequence),
                moved.Where(p => p.Id.Sender == sender.Key).Select(p => p.Id.Sequence));
        }
        Assert.Equal(
            10, Enumerable.Range(0, 3).Sum(i => room.Number(i, "SELECT ifnull(sum(available), 0) FROM lease")));
        room.Time.Advance(TimeSpan.FromDays(20));
        await HostRoom.UntilAsync(async () => (await room.StateAsync("first")).Woken == 1);
        Assert.Equal(ProbeAlarms.None, (await room.StateAsync("first")).Alarms);
    }

    /// <summary>As a process leaves it that is killed after each single move.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task An_exchange_of_files_that_was_interrupted_is_completed_by_the_next_start(int moves)
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        var expected = await DumpAsync(room);
        var next = FolderSwap.Prepare(room.Folder);
        List<string> names = ["partition-000.db", "partition-001.db", FolderRecord.Name];
        foreach (var name in names) File.Copy(Path.Combine(room.Folder, name), Path.Combine(next, name));
        Directory.CreateDirectory(Path.Combine(room.Folder, "old"));
        await File.WriteAllTextAsync(Path.Combine(room.Folder, "dtoc.swap"), """
            {"Aside":"old","Old":["partition-000.db","partition-001.db","dtoc.json"],
            "New":["partition-000.db","partition-001.db","dtoc.json"]}
            """);
        for (var i = 0; i < moves; i++)
        {
            var name = names[i % 3];
            if (i < 3) File.Move(Path.Combine(room.Folder, name), Path.Combine(room.Folder, "old", name));
            else File.Move(Path.Combine(next, name), Path.Combine(room.Folder, name));
        }

        Assert.Contains("interrupted", Assert.Throws<DataFolderException>(
            () => FolderCheck.Run(room.Options, false, default)).Message, StringComparison.Ordinal);
        Assert.Equal(expected, await DumpAsync(room));
        Assert.All(names, name => Assert.True(File.Exists(Path.Combine(room.Folder, "old", name))));
        Assert.False(Directory.Exists(next) || FolderSwap.IsPending(room.Folder));
        Assert.Empty(FolderCheck.Run(room.Options, deep: true, default).Findings);
    }

    private static string Refusal(HostRoom room, int? partition) => Assert.Throws<DataFolderException>(
        () => FolderRebuild.Run(room.Options, partition, refold: false, default)).Message;

    private static async Task<List<string>> DumpAsync(HostRoom room)
    {
        var host = await room.RestartAsync();
        var dump = await CustomerRoom.DumpAsync(host);
        await host.DisposeAsync();
        return dump;
    }

    /// <summary>What was folded of every customer, exactly but for decayed values.</summary>
    private static async Task<List<string>> TwinsAsync(HostRoom room)
    {
        var host = await room.RestartAsync();
        List<string> twins = [];
        foreach (var key in await host.ListAsync(GrainKind.Customer, "", 100, default))
        {
            var stored = await host.ReadAsync(key, default);
            var twin = CustomerCodec.Read(stored!.Bytes.Span, host.Plans).Twin;
            twins.Add($"{key} {twin.DecisionCount} {string.Join(' ', twin.Longs)} {Convert.ToHexString(twin.Bytes)} "
                + $"{string.Join(' ', twin.Contacts.Select(c => c.At))} {string.Join(' ', twin.Consents)}");
        }
        await host.DisposeAsync();
        return twins;
    }
}
