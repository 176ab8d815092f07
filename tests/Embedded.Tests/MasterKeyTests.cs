using System.Security.Cryptography;
using DToC.Conformance;
using DToC.Embedded.Checks;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;

namespace DToC.Embedded.Tests;

/// <summary>The master key, and the keys that the vault keeps under it.</summary>
public sealed class MasterKeyTests
{
    private static readonly MasterKey Other = new LocalMasterKey(Enumerable.Repeat((byte)9, 32).ToArray());

    [Fact]
    public async Task Without_its_master_key_or_with_another_an_encrypted_folder_does_not_open()
    {
        await using var room = await SealTests.SealedAsync(partitions: 1);
        await room.AddAsync("p", 1);
        await room.Host!.DisposeAsync();
        var encrypted = room.Options;
        foreach (var (key, says) in (IEnumerable<(MasterKey?, string)>)
            [(null, "no master key is given"), (Other, "not the one of vault")])
        {
            room.Options = encrypted with { MasterKey = key };
            var refusal = Assert.Throws<DataFolderException>(room.Start);
            Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
            Assert.Throws<DataFolderException>(() => FolderCheck.Run(room.Options, deep: false, default));
        }
        room.Options = encrypted;
        room.Start();
        Assert.Equal(1, await room.TotalAsync("p"));
    }

    [Theory]
    [InlineData("0001020304050607", null)]
    [InlineData("", null)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g", null)]
    [InlineData(" 000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f\n", "hexadecimal")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "base64")]
    public void A_master_key_is_read_from_both_spellings(string text, string? spelling)
    {
        if (spelling is null)
        {
            Assert.Contains("32 bytes", Assert.Throws<DataFolderException>(
                () => MasterKey.FromText(text, "X")).Message, StringComparison.Ordinal);
            return;
        }
        var same = new LocalMasterKey(Enumerable.Range(0, 32).Select(n => (byte)n).ToArray());
        var wrapped = MasterKey.FromText(text, "X").Wrap(new byte[32], "place"u8);
        Assert.Equal(new byte[32], same.Unwrap(wrapped, "place"u8));
        Assert.ThrowsAny<CryptographicException>(() => same.Unwrap(wrapped, "other"u8));
    }

    [Fact]
    public async Task A_key_service_is_asked_once_a_start_however_many_customers_there_are()
    {
        var service = new CountedKeys();
        await using var room = new HostRoom(partitions: 2);
        room.Options = room.Options with { MasterKey = service, KeyHandles = 2 };
        room.Start();
        for (var i = 0; i < 40; i++) await room.AddAsync($"p{i}", i);
        Assert.Equal((1, 0), (service.Wrapped, service.Unwrapped));
        await room.RestartAsync();
        for (var i = 0; i < 40; i++) Assert.Equal(i, await room.TotalAsync($"p{i}"));
        Assert.Equal((1, 1), (service.Wrapped, service.Unwrapped));
    }

    [Fact]
    public async Task Another_master_key_takes_the_place_of_the_first_also_when_the_change_was_interrupted()
    {
        await using var room = await SealTests.SealedAsync(partitions: 2);
        for (var i = 0; i < 30; i++) await room.AddAsync($"p{i}", i);
        await room.Host!.DisposeAsync();
        var changed = room.Options with { MasterKey = Other, FormerMasterKey = SealTests.Master };
        BeginToRotate(room.Options);

        // Half of the keys are under each: neither master key alone will do.
        foreach (var key in (MasterKey[])[SealTests.Master, Other])
        {
            room.Options = changed with { MasterKey = key, FormerMasterKey = null };
            var refusal = Assert.Throws<DataFolderException>(room.Start);
            Assert.Contains("interrupted", refusal.Message, StringComparison.Ordinal);
        }
        room.Options = changed;
        Assert.InRange(FolderKeys.Rotate(changed), 1, 255 + 30);
        Assert.Equal(0, FolderKeys.Rotate(changed));
        room.Options = changed with { FormerMasterKey = null };
        room.Start();
        for (var i = 0; i < 30; i++) Assert.Equal(i, await room.TotalAsync($"p{i}"));
        await room.Host!.DisposeAsync();
        room.Options = room.Options with { MasterKey = SealTests.Master };
        Assert.Throws<DataFolderException>(room.Start);
    }

    [Fact]
    public async Task Keys_are_given_once_and_those_that_nobody_took_do_not_stay()
    {
        const int probes = 2_500; // more than a block
        await using var room = await SealTests.SealedAsync(partitions: 2);
        await Task.WhenAll(Enumerable.Range(0, probes).Select(n => room.AddAsync($"p{n}", n).AsTask()));
        HashSet<long> given = [];
        for (var i = 0; i < probes; i++)
        {
            var key = ProbeGrain.Key($"p{i}");
            var partition = room.Host!.Partitions[(int)(key.StableHash() % 2)];
            given.UnionWith(partition.Readers.Read(static (reader, of) => reader.SealKeysOf(of), key));
        }
        Assert.Equal(probes, given.Count);
        await room.Host!.DisposeAsync();
        using var vault = Database.OpenBeside(
            Path.Combine(VaultFile.FolderOf(room.Options), VaultFile.FileName), room.Options);
        Assert.Equal(probes, vault.Number($"SELECT count(*) FROM key WHERE id>={VaultKeys.FirstOwn}"));
        Assert.True(vault.Number("SELECT value FROM meta WHERE name='key_next'") > given.Max());
    }

    private static void BeginToRotate(EmbeddedOptions options)
    {
        using var folder = DataFolder.OpenExisting(options.DataFolder);
        using var vault = VaultFile.Open(options, folder.Record.Vault);
        var wrapped = vault.Use(database => VaultFile.ReadSecret(database, VaultKeys.Wrapping));
        using var from = new WrappingKey(VaultKeys.Unwrap(wrapped!, vault.Id, SealTests.Master)); // encrypted before
        using var to = new WrappingKey(KeyRotation.Begin(vault, Other));
        Assert.Equal(265, KeyRotation.Step(vault, from, to, limit: 265));
    }

    /// <summary>Stands for a key service: counts what it is asked.</summary>
    private sealed class CountedKeys : MasterKey
    {
        public int Wrapped { get; private set; }

        public int Unwrapped { get; private set; }

        public override byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context)
        {
            Wrapped++;
            return SealTests.Master.Wrap(key, context);
        }

        public override byte[] Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context)
        {
            Unwrapped++;
            return SealTests.Master.Unwrap(wrapped, context);
        }
    }
}
