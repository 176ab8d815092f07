using DToC.Conformance;
using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Tests;

/// <summary>What was not written so is found when it is read, and concerns only who asks for it.</summary>
public sealed class DamageTests
{
    // Bytes are changed and the checksum is not, as a disk would.
    private const string Flip =
        "UPDATE {0} SET {1} = cast(substr({1}, 1, length({1}) - 1) || x'5A' AS BLOB) WHERE {2}";

    [Fact]
    public async Task A_damaged_state_fails_its_own_messages_and_no_others()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await room.AddAsync("sound", 1);
        await room.AddAsync("struck", 1);
        await room.Host!.DisposeAsync();
        Damage(room, "grain", "state", "key = x'FA73747275636B'");
        var host = room.Start();

        var failed = Assert.IsType<Reply.Failed>(await room.AddAsync("struck", 1));
        Assert.Equal("what is stored of it is damaged; run 'dtoc check'", failed.Reason);
        Assert.IsType<Reply.Failed>(await room.AddAsync("struck", 1));
        var read = await Assert.ThrowsAsync<StoreException>(
            async () => await host.ReadAsync(ProbeGrain.Key("struck"), default));
        Assert.Equal((true, true), (read.Damaged, read.InRow));
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("sound", 1));
        Assert.Equal(2, await room.TotalAsync("sound"));
        Assert.True(host.Status().Ready);
        Assert.Equal(3, host.Status().Disk!.DamagedReads);
    }

    [Fact]
    public async Task A_damaged_journal_row_fails_turns_that_need_it_alone()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        for (var i = 0; i < 3; i++) await room.AddAsync("p", 1);
        Damage(room, "journal", "payload", "seq = 2");
        await room.RestartAsync();

        Assert.IsType<Reply.Failed>(await room.SendAsync("p", new GrainMessage.TakeCheckpoint()));
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("p", 1));
        Assert.Equal(4, await room.TotalAsync("p"));
        await Assert.ThrowsAsync<StoreException>(
            async () => await room.Host!.ReadJournalAsync(ProbeGrain.Key("p"), default));
    }

    [Fact]
    public async Task A_damaged_row_of_a_table_is_not_read_as_another_value()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await room.SendAsync("p", new ProbeMessage.Put(room.Id(), room.Now, "a", "value"));
        await room.SendAsync("p", new ProbeMessage.Put(room.Id(), room.Now, "b", "value"));
        Damage(room, "row", "value", "row = 'a'");
        var key = ProbeGrain.Key("p");
        await Assert.ThrowsAsync<StoreException>(async () => await room.Host!.ReadRowAsync(key, "a", default));
        Assert.NotNull(await room.Host!.ReadRowAsync(key, "b", default));
    }

    [Fact]
    public async Task A_damaged_effect_holds_up_no_other()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        for (var i = 0; i < 3; i++) await room.SendAsync("p", new ProbeMessage.Tell($"t{i}", room.Now));
        Damage(room, "outbox", "payload", "seq = 2");
        List<string> seen = [];
        await foreach (var published in room.Host!.SubscribeAsync(Topic.Probe, Published.Beginning, default))
        {
            seen.Add(ProbeCodec.ReadPublished(published.Payload.Span).Id);
            if (seen.Count == 2) break;
        }
        Assert.Equal(["t0", "t2"], seen);
        Assert.Equal(1, room.Host.Status().Disk!.DamagedReads);
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_found_at_start()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        for (var i = 0; i < 200; i++) await room.AddAsync($"p{i}", 1);
        await room.Host!.DisposeAsync();
        using (var file = File.OpenWrite(Path.Combine(room.Folder, "partition-000.db"))) file.SetLength(40_960);
        var refusal = Assert.Throws<DataFolderException>(() => room.Start());
        Assert.Contains("is damaged", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("dtoc check", refusal.Message, StringComparison.Ordinal);
    }

    private static void Damage(HostRoom room, string table, string column, string where) =>
        room.Execute(0, string.Format(System.Globalization.CultureInfo.InvariantCulture, Flip, table, column, where));
}
