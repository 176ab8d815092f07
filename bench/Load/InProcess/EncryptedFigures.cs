using DToC.Embedded.Sealing;
using DToC.Load.Traffic;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Load.InProcess;

/// <summary>What encryption costs: an encrypted host in turns with a plain one, over the same customers.</summary>
internal sealed class EncryptedFigures(Scene scene, Figures figures)
{
    public static readonly string[] Names = ["encrypted_events_per_s", "encrypted_to_embedded"];

    /// <summary>Any will do: a random key costs what a fixed one does.</summary>
    public static readonly MasterKey Master = new LocalMasterKey(new byte[MasterKey.KeyBytes]);

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var roster = new Roster(scene.Options.Customers, scene.Options.Partitions);
        var folder = await scene.NewFolderAsync(roster);
        Encrypt(scene, folder, cancellation);
        await using var encrypted = new EmbeddedPace(scene, folder, roster, Master);
        await using var plain = new EmbeddedPace(scene, await scene.NewFolderAsync(roster), roster);
        for (var i = 0; i < 2; i++)
        {
            await encrypted.WarmAsync();
            await plain.WarmAsync();
        }
        var (rate, ratio, _) = await encrypted.CompareAsync(plain, cancellation);
        figures.Print("encrypted_events_per_s", rate);
        figures.Print("encrypted_to_embedded", ratio);
    }

    /// <summary>Gives every customer of a folder that no host has open a key, and seals what is stored.</summary>
    public static void Encrypt(Scene scene, string folder, CancellationToken cancellation) => FolderEncryption.Run(
        scene.HostOptions(folder) with { MasterKey = Master }, NullLogger.Instance, cancellation);
}
