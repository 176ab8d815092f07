using DToC.Conformance;
using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Tests;

public sealed class FolderTests
{
    [Fact]
    public async Task A_restart_keeps_everything()
    {
        await using var room = new HostRoom();
        room.Start();
        for (var i = 0; i < 40; i++) await room.AddAsync($"p{i % 10}", i);
        await room.SendAsync("p0", new ProbeMessage.Put(room.Id(), room.Now, "row", "value"));
        var before = await ReadAllAsync(room.Host!);
        await room.RestartAsync();

        Assert.Equal(before, await ReadAllAsync(room.Host!));
        Assert.Equal("value"u8.ToArray(),
            (await room.Host!.ReadRowAsync(ProbeGrain.Key("p0"), "row", default))!.Value.ToArray());
        Assert.True(room.Host.Status().Ready);
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("p0", 1));
    }

    [Fact]
    public async Task Files_of_a_host_that_never_stopped_have_all_that_was_acknowledged()
    {
        await using var room = new HostRoom();
        room.Start();
        for (var i = 0; i < 40; i++) await room.AddAsync($"p{i % 10}", i);
        var before = await ReadAllAsync(room.Host!);
        await using var copy = new HostRoom();
        copy.CopyFilesOf(room.Folder);
        Assert.Equal(before, await ReadAllAsync(copy.Start()));
        Assert.Equal(45 * 4 + 600, await SumAsync(copy));
    }

    [Fact]
    public async Task A_folder_in_use_is_refused()
    {
        await using var room = new HostRoom();
        var first = room.Start();
        var refusal = Assert.Throws<DataFolderException>(() => room.Start());
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);

        Assert.Same(first, room.Host);
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("p", 1));
        await room.RestartAsync();
        Assert.Equal(1, await room.TotalAsync("p"));
    }

    [Fact]
    public async Task The_number_of_files_stays_as_created()
    {
        await using var room = new HostRoom(partitions: 3);
        room.Start();
        for (var i = 0; i < 20; i++) await room.AddAsync($"p{i}", 1);
        room.Options = room.Options with { Partitions = 7 };
        await room.RestartAsync();

        Assert.Equal(3, room.Host!.Status().Partitions.Count);
        for (var i = 0; i < 20; i++) Assert.Equal(1, await room.TotalAsync($"p{i}"));
    }

    [Theory]
    [InlineData("PRAGMA user_version=3", "schema version 3")]
    [InlineData("PRAGMA application_id=7", "another program")]
    [InlineData("UPDATE meta SET value='0000000000000000' WHERE name='folder'", "different folders were mixed")]
    public async Task A_file_that_is_not_ours_is_refused_with_what_to_do(string change, string said)
    {
        await using var room = new HostRoom();
        room.Start();
        await room.Host!.DisposeAsync();
        room.Execute(1, change);
        Assert.Contains(said, Assert.Throws<DataFolderException>(() => room.Start()).Message, StringComparison.Ordinal);
        // A refused start leaves the folder free.
        Assert.Contains(said, Assert.Throws<DataFolderException>(() => room.Start()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_not_made_anew()
    {
        await using var room = new HostRoom();
        room.Start();
        await room.Host!.DisposeAsync();
        File.Delete(Path.Combine(room.Folder, "partition-001.db"));
        var refusal = Assert.Throws<DataFolderException>(() => room.Start());
        Assert.Contains("missing", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(room.Folder, "partition-001.db")));
    }

    [Fact]
    public async Task A_damaged_file_is_reported_at_start()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        for (var i = 0; i < 300; i++) await room.AddAsync($"p{i}", 1);
        await room.Host!.DisposeAsync();
        room.Execute(0, "UPDATE meta SET value=0 WHERE name='clean'");
        using (var file = File.OpenWrite(Path.Combine(room.Folder, "partition-000.db")))
        {
            file.Position = 3 * 4096; // a page of the tables
            file.Write(new byte[8 * 4096]);
        }
        var refusal = Assert.Throws<DataFolderException>(() => room.Start());
        Assert.Contains("is damaged", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("dtoc check", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_answers_everything_taken_and_refuses_what_comes_later()
    {
        await using var room = new HostRoom();
        room.Start();
        List<Task<Reply>> taken = [];
        for (var i = 0; i < 500; i++) taken.Add(room.AddAsync($"p{i % 50}", 1).AsTask());
        await room.Host!.DisposeAsync();

        var replies = await HostRoom.SoonAsync(new ValueTask<Reply[]>(Task.WhenAll(taken)));
        Assert.All(replies, reply => Assert.IsType<ProbeReply.Applied>(reply));
        Assert.Equal("draining", Assert.IsType<Reply.Unavailable>(await room.AddAsync("p0", 1)).Reason);
        Assert.False(room.Host.Status().Ready);
        room.Start();
        Assert.Equal(500, await SumAsync(room));
    }

    [Fact]
    public async Task Keys_are_listed_in_order_across_partitions_page_by_page()
    {
        await using var room = new HostRoom(partitions: 3);
        room.Start();
        for (var i = 0; i < 25; i++) await room.AddAsync($"p{i:D2}", 1);
        List<string> listed = [];
        for (var after = ""; ;)
        {
            var page = await room.Host!.ListAsync(GrainKind.Probe, after, 10, default);
            if (page.Count == 0) break;
            listed.AddRange(page.Select(key => key.Id));
            after = page[^1].Id;
        }
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 25).Select(i => $"p{i:D2}")), string.Join(' ', listed));
        Assert.Empty(await room.Host!.ListAsync(GrainKind.Customer, "", 10, default));
    }

    [Fact]
    public async Task Options_that_cannot_work_are_refused_by_name()
    {
        await using var room = new HostRoom();
        room.Options = room.Options with { BatchLimit = 0 };
        var refusal = Assert.Throws<ArgumentException>(() => room.Start());
        Assert.Contains("BatchLimit is 0", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAllAsync(EmbeddedHost host)
    {
        List<string> found = [];
        foreach (var key in await host.ListAsync(GrainKind.Probe, "", 1_000, default))
        {
            var state = await host.ReadAsync(key, default);
            found.Add($"{key} {state!.Version} {Convert.ToHexString(state.Bytes.Span)}");
            foreach (var entry in await host.ReadJournalAsync(key, default))
                found.Add($"{entry.RecordedAt} {entry.Seed} {Convert.ToHexString(entry.Payload.Span)}");
        }
        return string.Join('\n', found);
    }

    private static async Task<long> SumAsync(HostRoom room)
    {
        var sum = 0L;
        foreach (var key in await room.Host!.ListAsync(GrainKind.Probe, "", 1_000, default))
            sum += await room.TotalAsync(key.Id);
        return sum;
    }
}
