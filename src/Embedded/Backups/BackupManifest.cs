using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Backups;

/// <summary>What a backup holds: written last, so that a folder without one is no backup.</summary>
/// <param name="Format">Format of this manifest; 1.</param>
/// <param name="FolderId">Id of the folder that was copied.</param>
/// <param name="FolderFormat">Format of its files.</param>
/// <param name="TakenAt">The moment that the copy shows.</param>
/// <param name="Files">All files but this one.</param>
/// <param name="Partitions">How far each partition had come.</param>
public sealed record BackupManifest(
    [property: JsonRequired] int Format, [property: JsonRequired] string FolderId,
    [property: JsonRequired] int FolderFormat, [property: JsonRequired] DateTimeOffset TakenAt,
    [property: JsonRequired] IReadOnlyList<BackupFile> Files,
    [property: JsonRequired] IReadOnlyList<BackupPartition> Partitions)
{
    /// <summary>Its file's name.</summary>
    public const string Name = "dtoc-backup.json";

    private const int KnownFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="DataFolderException">There is none, or it cannot be read.</exception>
    public static BackupManifest Read(string backup)
    {
        var path = Path.Combine(backup, Name);
        if (!File.Exists(path))
        {
            throw new DataFolderException(
                $"'{backup}' is no backup: it has no '{Name}', which is written when all else is there.");
        }
        try
        {
            if (JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), Json) is { } manifest
                && manifest.Partitions.Count is >= 1 and <= 256)
            {
                return manifest.Format == KnownFormat
                    ? manifest
                    : throw new DataFolderException(
                        $"'{path}' has format {manifest.Format}; this build reads {KnownFormat}.");
            }
        }
        catch (JsonException exception)
        {
            throw new DataFolderException($"'{path}' cannot be read.", exception);
        }
        throw new DataFolderException($"'{path}' is not complete.");
    }

    internal void Write(string backup)
    {
        var path = Path.Combine(backup, Name);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        JsonSerializer.Serialize(file, this, Json);
        file.Flush(flushToDisk: true);
    }
}

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its content, hexadecimal.</param>
public sealed record BackupFile(
    [property: JsonRequired] string Name, [property: JsonRequired] long Bytes, [property: JsonRequired] string Sha256)
{
    internal static BackupFile Of(string folder, string name)
    {
        using var file = File.OpenRead(Path.Combine(folder, name));
        return new BackupFile(name, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}

/// <summary>How far a partition had come when it was copied.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Grains">States.</param>
/// <param name="LastJournal">Sequence of its newest journal row; 0 for none.</param>
/// <param name="LastOutbox">Sequence of its newest published effect; 0 for none.</param>
public sealed record BackupPartition(
    [property: JsonRequired] int Partition, [property: JsonRequired] long Grains,
    [property: JsonRequired] long LastJournal, [property: JsonRequired] long LastOutbox);
