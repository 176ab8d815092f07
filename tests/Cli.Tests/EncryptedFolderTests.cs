using System.Security.Cryptography;

namespace DToC.Cli.Tests;

/// <summary>An encrypted data folder, as an operator looks after it.</summary>
public class EncryptedFolderTests
{
    private const string At = "2025-06-30";

    [Fact]
    public async Task An_encrypted_folder_is_filled_read_kept_and_given_another_master_key()
    {
        using var folder = new TemporaryFolder();
        var events = await GenerateAsync(folder);
        var (old, fresh) = (await KeyAsync(folder, "old"), await KeyAsync(folder, "new"));
        var (data, backup) = (folder["data"], folder["backup"]);
        Assert.Equal(ExitCode.Ok, (await Shell.Run(["replay", events, "--data", data, .. With(old)])).Code);
        var before = await TwinsAsync(data, old);

        await AssertRefusedAsync("no master key is given", "check", data);
        await AssertRefusedAsync("not the one of vault", ["twins", "--data", data, "--at", At, .. With(fresh)]);
        await AssertRefusedAsync("cannot be read", ["check", data, .. With(folder["nothing"])]);
        Assert.Equal(ExitCode.Ok, (await Shell.Run(["check", data, "--deep", .. With(old)])).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("backup", data, backup)).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run(["repartition", data, "--partitions", "3", .. With(old)])).Code);
        Assert.Equal(before, await TwinsAsync(data, old));

        var rotated = await Shell.Run(["rotate-key", data, "--former-master-key-file", old, .. With(fresh)]);
        Assert.Equal(ExitCode.Ok, rotated.Code);
        Assert.NotEqual("0 keys", rotated["wrapped anew"]);
        await AssertRefusedAsync("not the one of vault", ["check", data, .. With(old)]);
        Assert.Equal(before, await TwinsAsync(data, fresh));

        // The backup is of before, and the vault of now: it has the keys of both.
        var restored = folder["restored"];
        var vault = Path.Combine(data, "vault");
        Assert.Equal(ExitCode.Ok, (await Shell.Run("restore", backup, restored, "--vault", vault)).Code);
        Assert.Equal(before, await TwinsAsync(restored, fresh));
    }

    [Fact]
    public async Task A_plain_folder_is_encrypted_when_it_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        var (events, key, data) = (await GenerateAsync(folder), await KeyAsync(folder, "key"), folder["data"]);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("replay", events, "--data", data)).Code);
        var before = (await Shell.Run("twins", "--data", data, "--at", At)).Output;
        await AssertRefusedAsync("a master key is needed", "encrypt", data);

        var encrypted = await Shell.Run(["encrypt", data, .. With(key)]);
        Assert.Equal(ExitCode.Ok, encrypted.Code);
        Assert.NotEqual("0 rows", encrypted["sealed"]);
        Assert.Equal("0 rows", (await Shell.Run(["encrypt", data, .. With(key)]))["sealed"]);
        Assert.Equal(before, await TwinsAsync(data, key));
        Assert.Equal(ExitCode.Ok, (await Shell.Run(["check", data, "--deep", .. With(key)])).Code);
    }

    private static string[] With(string key) => ["--master-key-file", key];

    private static async Task<string> TwinsAsync(string data, string key)
    {
        var ran = await Shell.Run(["twins", "--data", data, "--at", At, .. With(key)]);
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        Assert.True(ran.Output.Length > 1_000);
        return ran.Output;
    }

    private static async Task AssertRefusedAsync(string says, params string[] args)
    {
        var ran = await Shell.Run(args);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(says, ran.Error, StringComparison.Ordinal);
    }

    private static async Task<string> KeyAsync(TemporaryFolder folder, string name)
    {
        await File.WriteAllTextAsync(folder[name], Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
        return folder[name];
    }

    private static async Task<string> GenerateAsync(TemporaryFolder folder)
    {
        await Shell.Run(
            "generate", "--profile", "retail", "--customers", "25", "--days", "100", "--seed", "9", "--end",
            At + "T00:00:00Z", "--out", folder["e.ndjson"]);
        return folder["e.ndjson"];
    }
}
