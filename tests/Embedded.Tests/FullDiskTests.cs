using DToC.Conformance;
using DToC.Grains;
using Xunit.Abstractions;

namespace DToC.Embedded.Tests;

/// <summary>Hosts on a disk that is really full.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private static readonly string Wide = new('x', 200);

    private readonly Dictionary<string, long> _acknowledged = new(StringComparer.Ordinal);

    [Theory]
    [InlineData(1 << 24)] // the log is never moved: it is what cannot grow
    [InlineData(40)] // the log is moved every 160 KiB: the file cannot grow either
    public async Task A_full_disk_refuses_says_so_and_recovers_with_nothing_lost(int checkpointPages)
    {
        using var disk = SmallDisk.Mount(2_048, output);
        if (disk is null) return;
        await using var room = new HostRoom();
        room.Options = room.Options with { DataFolder = disk.Folder, CheckpointPages = checkpointPages };
        var host = room.Start();
        var refusals = await AddUntilRefusedAsync(room, 5);

        Assert.All(refusals, reason => Assert.Equal("disk full", reason));
        Assert.False(host.Status().Ready);
        Assert.Contains("disk full", host.Status().Problem, StringComparison.Ordinal);
        Assert.Contains("disk full", host.Status().Disk?.Problem, StringComparison.Ordinal);
        await AssertAllKeptAsync(room);

        disk.Resize(65_536);
        await host.UpkeepAsync();
        Assert.True(host.Status().Ready);
        await HostRoom.UntilAsync(() => Task.FromResult(host.Status().Disk?.Problem is null));
        foreach (var probe in _acknowledged.Keys.ToList()) await AddAsync(room, probe);
        await AssertAllKeptAsync(room);
        await room.RestartAsync();
        await AssertAllKeptAsync(room);
        Assert.Equal("ok", room.Host!.Partitions[0].Readers.Read(
            static (reader, _) => reader.Database.Text("PRAGMA integrity_check"), 0));
    }

    [Fact]
    public async Task A_log_that_cannot_grow_is_moved_and_written_from_its_beginning()
    {
        using var disk = SmallDisk.Mount(16_384, output);
        if (disk is null) return;
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { DataFolder = disk.Folder };
        room.Start();
        // Once round so that the pages exist in the file; from then on they are written again and again.
        await AddAsync(room, "p");
        await room.RestartAsync();
        for (var i = 0; i < 50; i++) await AddAsync(room, "p");
        await EndLogAsync(disk.Folder);
        disk.Fill();

        // Without moving the log not one commit more would fit.
        List<string> refusals = [];
        for (var i = 0; i < 30; i++)
        {
            if (await room.AddAsync("p", 1) is Reply.Unavailable refused) refusals.Add(refused.Reason);
            else _acknowledged["p"]++;
        }
        Assert.InRange(refusals.Count, 1, 5);
        Assert.True(room.Host!.Status().Ready);
        await AssertAllKeptAsync(room);
    }

    [Fact]
    public async Task Files_left_by_a_process_killed_on_a_full_disk_have_all_that_was_acknowledged()
    {
        using var disk = SmallDisk.Mount(1_536, output);
        if (disk is null) return;
        await using var room = new HostRoom();
        room.Options = room.Options with { DataFolder = disk.Folder };
        room.Start();
        await AddUntilRefusedAsync(room, 3);
        await using var copy = new HostRoom();
        copy.CopyFilesOf(disk.Folder);
        copy.Start();
        await AssertAllKeptAsync(copy);
        await room.Host!.DisposeAsync();
    }

    [Fact]
    public async Task Little_room_is_said_before_the_disk_is_full()
    {
        using var disk = SmallDisk.Mount(8_192, output);
        if (disk is null) return;
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { DataFolder = disk.Folder, DiskLowBytes = 4 << 20 };
        var host = room.Start();
        await host.UpkeepAsync();
        Assert.Equal((true, false), (host.Status().Ready, host.Status().Disk!.IsLow));
        Assert.InRange(host.Status().Disk!.FreeBytes ?? 0, 4 << 20, 8 << 20);

        await File.WriteAllBytesAsync(Path.Combine(disk.Folder, "ballast"), new byte[6 << 20]);
        await host.UpkeepAsync();
        Assert.Equal((true, true), (host.Status().Ready, host.Status().Disk!.IsLow));
        await AddAsync(room, "p");
        File.Delete(Path.Combine(disk.Folder, "ballast"));
        await host.UpkeepAsync();
        Assert.False(host.Status().Disk!.IsLow);
    }

    private async Task<List<string>> AddUntilRefusedAsync(HostRoom room, int times)
    {
        List<string> refusals = [];
        for (var i = 0; i < 50_000 && refusals.Count < times; i++)
        {
            var probe = $"p{i % 300}-{Wide}";
            if (await room.AddAsync(probe, 1) is Reply.Unavailable refused) refusals.Add(refused.Reason);
            else _acknowledged[probe] = _acknowledged.GetValueOrDefault(probe) + 1;
        }
        Assert.Equal(times, refusals.Count);
        return refusals;
    }

    /// <summary>Takes off what the log has grown ahead of its content.</summary>
    private static async Task EndLogAsync(string folder)
    {
        var path = Assert.Single(Directory.GetFiles(folder, "*-wal"));
        await using var log = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = new byte[log.Length];
        await log.ReadExactlyAsync(bytes);
        log.SetLength(bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1);
    }

    private async Task AddAsync(HostRoom room, string probe)
    {
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync(probe, 1));
        _acknowledged[probe] = _acknowledged.GetValueOrDefault(probe) + 1;
    }

    private async Task AssertAllKeptAsync(HostRoom room)
    {
        Assert.NotEmpty(_acknowledged);
        foreach (var (probe, count) in _acknowledged) Assert.Equal(count, await room.TotalAsync(probe));
    }
}
