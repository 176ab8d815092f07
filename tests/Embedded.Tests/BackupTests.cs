using DToC.Conformance;
using DToC.Embedded.Backups;
using DToC.Embedded.Checks;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using DToC.Grains;
using Xunit.Abstractions;

namespace DToC.Embedded.Tests;

public sealed class BackupTests(ITestOutputHelper output)
{
    private const int Backups = 6;
    private const int Senders = 12;

    /// <summary>
    /// Probes of three files send each other numbered amounts while the folder is copied. A copy in which a sender
    /// has handed on what its receiver never got loses an amount; the probes' own numbers show loss and disorder.
    /// </summary>
    [Fact]
    public async Task Backups_under_load_show_one_moment_of_all_files()
    {
        await using var room = new HostRoom(partitions: 3);
        room.Start();
        using var stop = new CancellationTokenSource();
        var counts = new long[Senders];
        var load = Task.WhenAll(Enumerable.Range(0, Senders).Select(n => LoadAsync(room, n, counts, stop.Token)));
        for (var i = 0; i < Backups; i++)
        {
            await HostRoom.UntilAsync(() => Task.FromResult(counts.Sum() > 100 * (i + 1)));
            var acknowledged = counts.ToArray();
            var report = FolderBackup.Run(room.Options, Path.Combine(room.Folder, $"backup-{i}"), default);
            output.WriteLine($"{report.Bytes} bytes, commits waited {report.Held.TotalMilliseconds:0.0} ms");
            await AssertOneMomentAsync(room, report.Target, acknowledged);
        }
        await stop.CancelAsync();
        await load;
        Assert.True(room.Host!.Status().Ready);
        Assert.All(room.Host.Status().Partitions, partition => Assert.Equal(0, partition.FailedCommits));
    }

    [Fact]
    public async Task A_restored_folder_takes_cursors_from_before_the_backup_and_refuses_later_ones()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        for (var i = 0; i < 3; i++) await room.SendAsync("p", new ProbeMessage.Tell($"t{i}", room.Now));
        var before = await CustomerRoom.PublishedAsync(room.Host!, Topic.Probe, 3);
        FolderBackup.Run(room.Options, Path.Combine(room.Folder, "backup"), default);
        await room.SendAsync("p", new ProbeMessage.Tell("t3", room.Now));
        var after = await CustomerRoom.PublishedAsync(room.Host!, Topic.Probe, 4);

        await using var other = new HostRoom(partitions: 1);
        FolderRestore.Run(Path.Combine(room.Folder, "backup"), other.Options, VaultOf(room), default);
        var host = other.Start();
        Assert.Equal("t1", await NextAsync(host, before[0].Cursor));
        var refusal = await Assert.ThrowsAsync<FormatException>(() => NextAsync(host, after[3].Cursor));
        Assert.Contains("ahead of the backup", refusal.Message, StringComparison.Ordinal);

        // Another effect than the one that was sent after the backup, so it has another id.
        await other.SendAsync("p", new ProbeMessage.Tell("other", other.Now));
        var fresh = (await CustomerRoom.PublishedAsync(host, Topic.Probe, 4))[3];
        Assert.Equal(before.ConvertAll(p => p.Id.ToString()),
            (await CustomerRoom.PublishedAsync(host, Topic.Probe, 3)).ConvertAll(p => p.Id.ToString()));
        Assert.True(fresh.Id.Sequence > after[3].Id.Sequence + 1_000_000);
        Assert.True(fresh.Id.Sequence < 1L << 53);
    }

    [Fact]
    public async Task A_folder_restored_twice_numbers_its_effects_apart()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await room.AddAsync("p", 1);
        FolderBackup.Run(room.Options, Path.Combine(room.Folder, "backup"), default);
        List<(string, long)> restored = [];
        for (var i = 0; i < 2; i++)
        {
            room.Time.Advance(TimeSpan.FromSeconds(1));
            var folder = Path.Combine(room.Folder, $"restored-{i}");
            FolderRestore.Run(
                Path.Combine(room.Folder, "backup"), room.Options with { DataFolder = folder },
                VaultOf(room), default);
            var record = FolderRecord.Read(folder)!;
            restored.Add((record.FolderId, record.EffectFloor));
        }
        Assert.NotEqual(restored[0].Item1, restored[1].Item1, StringComparer.Ordinal);
        Assert.True(restored[1].Item2 > restored[0].Item2);
    }

    [Fact]
    public async Task A_backup_that_is_not_what_its_manifest_says_is_refused()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await room.AddAsync("p", 1);
        var backup = Path.Combine(room.Folder, "backup");
        FolderBackup.Run(room.Options, backup, default);
        Assert.Contains("is there", Refusal(() => FolderBackup.Run(room.Options, backup, default)),
            StringComparison.Ordinal);
        var target = room.Options with { DataFolder = Path.Combine(room.Folder, "restored") };
        void Restore() => FolderRestore.Run(backup, target, VaultOf(room), default);
        Directory.CreateDirectory(target.DataFolder);
        await File.WriteAllTextAsync(Path.Combine(target.DataFolder, "mine"), "");
        Assert.Contains(
            "not empty", Refusal(Restore), StringComparison.Ordinal);
        File.Delete(Path.Combine(target.DataFolder, "mine"));

        using (var file = File.OpenWrite(Path.Combine(backup, "partition-000.db")))
        {
            file.Position = 9_000;
            file.WriteByte(1);
        }
        Assert.Contains(
            "manifest", Refusal(Restore), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(target.DataFolder, "dtoc.json")));
        File.Delete(Path.Combine(backup, BackupManifest.Name));
        Assert.Contains(
            "no backup", Refusal(Restore), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_folder_gives_no_backup_and_leaves_none_behind()
    {
        await using var room = await CheckTests.LargeAsync();
        CheckTests.Deface(room, 0, page: 20, pages: 2);
        var backup = Path.Combine(room.Folder, "backup");
        Assert.Contains("dtoc check", Refusal(() => FolderBackup.Run(room.Options, backup, default)),
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(backup) || Directory.Exists(backup + ".partial"));
    }

    private static VaultOrigin VaultOf(HostRoom room) =>
        new VaultOrigin.Copied(Path.Combine(room.Options.DataFolder, "vault"));

    private static async Task LoadAsync(HostRoom room, int sender, long[] counts, CancellationToken stop)
    {
        for (var i = 1; !stop.IsCancellationRequested; i++)
        {
            var to = $"s{(sender + i) % Senders}";
            var reply = await room.SendAsync($"s{sender}", new ProbeMessage.Pass(room.Id(), room.Now, to, 1));
            if (reply is ProbeReply.Applied) Volatile.Write(ref counts[sender], counts[sender] + 1);
        }
    }

    private static async Task AssertOneMomentAsync(HostRoom room, string backup, long[] acknowledged)
    {
        await using var copy = new HostRoom();
        FolderRestore.Run(backup, copy.Options, VaultOf(room), default);
        Assert.Empty(FolderCheck.Run(copy.Options, deep: false, default).Findings);
        var host = copy.Start();
        await HostRoom.UntilAsync(() => Task.FromResult(host.Status().Partitions.All(p => p.PendingEffects == 0)));
        var (sent, received) = (0L, 0L);
        for (var n = 0; n < Senders; n++)
        {
            var state = await copy.StateAsync($"s{n}");
            Assert.Equal(ProbeAlarms.None, state.Alarms);
            Assert.True(state.Count >= acknowledged[n], "What was acknowledged before the backup is not in it.");
            (sent, received) = (sent + state.Count, received + state.ReceivedTotal);
        }
        Assert.Equal(sent, received);
    }

    private static async Task<string> NextAsync(EmbeddedHost host, string cursor)
    {
        await foreach (var published in host.SubscribeAsync(Topic.Probe, cursor, default))
            return ProbeCodec.ReadPublished(published.Payload.Span).Id;
        return "";
    }

    private static string Refusal(Action action) => Assert.Throws<DataFolderException>(action).Message;
}
