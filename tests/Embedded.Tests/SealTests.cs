using DToC.Conformance;
using DToC.Embedded.Backups;
using DToC.Embedded.Checks;
using DToC.Embedded.Repair;
using DToC.Embedded.Sealing;
using DToC.Embedded.Vaults;
using DToC.Grains;

namespace DToC.Embedded.Tests;

/// <summary>What is stored of customers is sealed, a key a customer.</summary>
public sealed class SealTests
{
    internal static readonly MasterKey Master = new LocalMasterKey(Enumerable.Repeat((byte)7, 32).ToArray());

    [Fact]
    public async Task A_plain_folder_is_encrypted_whole_and_says_the_same()
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        var before = await DumpAsync(room);
        var pieces = PiecesOf(before);
        Assert.InRange(pieces.Count, 100, 1_000);
        Assert.Equal(pieces.Count, Lying(room.Folder, pieces).Count);
        room.Options = room.Options with { MasterKey = Master };
        var report = FolderEncryption.Run(room.Options, NoLog, default);

        Assert.Equal(0, report.Damaged);
        Assert.InRange(report.Sealed, 117, 10_000);
        Assert.Empty(Lying(room.Folder, pieces));
        var check = FolderCheck.Run(room.Options, deep: true, default);
        Assert.Empty(check.Findings);
        Assert.Equal(report.Sealed, check.Partitions.Sum(partition => partition.Sealed));
        Assert.Equal(before, await DumpAsync(room));
        Assert.Equal(0, FolderEncryption.Run(room.Options, NoLog, default).Sealed);
    }

    [Fact]
    public async Task A_folder_that_gets_a_master_key_is_sealed_row_by_row_as_it_is_written()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await room.AddAsync("plain", 1);
        await room.AddAsync("both", 1);
        room.Options = room.Options with { MasterKey = Master };
        await room.RestartAsync();
        await room.AddAsync("both", 2);
        await room.AddAsync("sealed", 3);
        await room.RestartAsync();
        Assert.Equal((1L, 3L, 3L), (await room.TotalAsync("plain"), await room.TotalAsync("both"),
            await room.TotalAsync("sealed")));
        Assert.Equal(2, (await room.Host!.ReadJournalAsync(ProbeGrain.Key("both"), default)).Count);
        Assert.Equal(2, room.Number(0, "SELECT count(*) FROM grain WHERE substr(state, 1, 1) = x'81'"));
        Assert.Equal(2, room.Number(0, "SELECT count(*) FROM journal WHERE substr(payload, 1, 1) <> x'81'"));
        Assert.Empty(FolderCheck.Run(room.Options, deep: false, default).Findings);
    }

    [Fact]
    public async Task Sealed_bytes_in_another_row_are_damage()
    {
        await using var room = await SealedAsync(partitions: 1);
        await room.AddAsync("a", 1);
        await room.AddAsync("b", 2);
        await room.Host!.DisposeAsync();
        // As one who can write the file would do it: without the checksum, which takes no secret.
        room.Execute(0, """
            UPDATE grain SET state=(SELECT state FROM grain WHERE id=2), version=(SELECT version FROM grain WHERE id=2),
                now=(SELECT now FROM grain WHERE id=2), crc=NULL WHERE id=1
            """);
        var finding = Assert.Single(FolderCheck.Run(room.Options, deep: false, default).Findings);
        Assert.Equal(FindingKind.Seal, finding.Kind);
        room.Start();
        Assert.IsType<Reply.Failed>(await room.AddAsync("a", 1));
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("b", 1));
        Assert.Equal(3, await room.TotalAsync("b"));
    }

    [Fact]
    public async Task With_its_key_destroyed_a_customer_cannot_be_read_and_the_others_can()
    {
        await using var room = await SealedAsync(partitions: 1);
        foreach (var probe in (string[])["gone", "here"])
        {
            await room.AddAsync(probe, 5);
            await room.SendAsync(probe, new ProbeMessage.Tell($"said by {probe}", room.Now));
        }
        FolderBackup.Run(room.Options, Path.Combine(room.Folder, "backup"), default);
        var partition = room.Host!.Partitions[0];
        var keys = partition.Readers.Read(static (reader, key) => reader.SealKeysOf(key), ProbeGrain.Key("gone"));
        Assert.Single(keys);
        partition.Host.Seals.Destroy(keys);

        await using var restored = new HostRoom(partitions: 1);
        restored.Options = restored.Options with { MasterKey = Master };
        var vault = new VaultOrigin.Copied(Path.Combine(room.Folder, VaultFile.DefaultFolder));
        FolderRestore.Run(Path.Combine(room.Folder, "backup"), restored.Options, vault, default);
        await room.RestartAsync();
        restored.Start();
        foreach (var place in (HostRoom[])[room, restored])
        {
            var reply = Assert.IsType<Reply.Failed>(await place.SendAsync("gone", room.Addition(1)));
            Assert.Equal("its key was destroyed", reply.Reason);
            Assert.IsType<ProbeReply.Applied>(await place.SendAsync("here", room.Addition(1)));
            Assert.Equal(6, await place.TotalAsync("here"));
            Assert.True(place.Host!.Status().Ready);
            var findings = FolderCheck.Run(place.Options, deep: false, default).Findings;
            Assert.All(findings, finding => Assert.Equal(FindingKind.Seal, finding.Kind));
            Assert.Equal(4, findings.Count); // its state, two journal entries, and what it published

            // To those who subscribe the others' effects come, and its own do not.
            var published = await CustomerRoom.PublishedAsync(place.Host, Topic.Probe, 1);
            Assert.Equal("here", Assert.Single(published).Id.Sender.Id);
            await place.Host.DisposeAsync();
            var rebuilt = FolderRebuild.Run(place.Options, partition: null, refold: false, default);
            Assert.Contains(Assert.Single(rebuilt.Partitions).Losses,
                loss => loss.Contains("key was destroyed", StringComparison.Ordinal));
            Assert.Empty(FolderCheck.Run(place.Options, deep: false, default).Findings);
        }
    }

    [Fact]
    public async Task A_batch_of_keys_put_out_all_the_time_loses_nothing()
    {
        const int probes = 60;
        const int rounds = 40;
        await using var room = new HostRoom(partitions: 2);
        room.Options = room.Options with { MasterKey = Master, KeyHandles = 3, KeysInMemory = 7, MemoryLimitBytes = 1 };
        room.Start();
        var names = Enumerable.Range(0, probes).Select(n => $"p{n}").ToArray();
        await Task.WhenAll(names.Select(name => Task.Run(async () =>
        {
            for (var i = 0; i < rounds; i++)
            {
                Assert.IsType<ProbeReply.Applied>(await room.AddAsync(name, 1));
                await room.Host!.ReadJournalAsync(ProbeGrain.Key(name), default);
            }
        })));
        await room.RestartAsync();
        foreach (var name in names) Assert.Equal(rounds, await room.TotalAsync(name));
        Assert.InRange(room.Host!.Partitions[0].Host.Seals.Handles, 1, 3);
        await room.Host.DisposeAsync();
        Assert.Empty(FolderCheck.Run(room.Options, deep: false, default).Findings);
    }

    [Fact]
    public async Task An_encrypted_folder_is_spread_over_more_files_and_rebuilt()
    {
        await using var room = await CustomerRoom.OfTodayAsync();
        room.Options = room.Options with { MasterKey = Master };
        FolderEncryption.Run(room.Options, NoLog, default);
        var before = await DumpAsync(room);
        var pieces = PiecesOf(before);
        FolderRepartition.Run(room.Options, 3, default);
        Assert.Equal(before, await DumpAsync(room));

        FolderRebuild.Run(room.Options, partition: 0, refold: true, default);
        room.Execute(1, "UPDATE grain SET state = state || x'00' WHERE id = 1");
        var report = FolderRebuild.Run(room.Options, partition: null, refold: false, default);
        Assert.Single(Assert.Single(report.Partitions).StatesRebuilt);
        Assert.True(report.IsWhole);
        Assert.Empty(FolderCheck.Run(room.Options, deep: true, default).Findings);
        Assert.Empty(Lying(room.Folder, pieces));
        // A state made anew is sealed with the key that its journal has.
        var host = room.Start();
        foreach (var key in await host.ListAsync(GrainKind.Customer, "", 100, default))
        {
            var partition = host.Partitions[(int)(key.StableHash() % 3)];
            Assert.Single(partition.Readers.Read(static (reader, of) => reader.SealKeysOf(of), key));
        }
    }

    internal static Microsoft.Extensions.Logging.ILogger NoLog =>
        Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    internal static Task<HostRoom> SealedAsync(int partitions)
    {
        var room = new HostRoom(partitions);
        room.Options = room.Options with { MasterKey = Master };
        room.Start();
        return Task.FromResult(room);
    }

    /// <summary>Which of some byte strings lie in the clear in a folder's files.</summary>
    internal static HashSet<string> Lying(string folder, IReadOnlyCollection<byte[]> pieces)
    {
        HashSet<string> found = [];
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (path.EndsWith(".lock", StringComparison.Ordinal)) continue; // held, and empty
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[file.Length];
            _ = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false); // a log may be emptied meanwhile
            foreach (var piece in pieces)
            {
                if (content.AsSpan().IndexOf(piece) >= 0) found.Add(Convert.ToHexString(piece));
            }
        }
        return found;
    }

    /// <summary>A piece of each state and each journal payload in a dump.</summary>
    private static List<byte[]> PiecesOf(List<string> dump)
    {
        HashSet<string> pieces = [];
        foreach (var line in dump)
        {
            var hex = line.Split(' ')[^1];
            if (hex.Length >= 200) pieces.Add(hex.Substring(hex.Length / 8 * 4, 64));
        }
        return [.. pieces.Select(Convert.FromHexString)];
    }

    private static async Task<List<string>> DumpAsync(HostRoom room)
    {
        var host = room.Start();
        var lines = await CustomerRoom.DumpAsync(host);
        await host.DisposeAsync();
        return lines;
    }
}
