using System.Text.Json;
using System.Text.Json.Serialization;

namespace DToC.Embedded.Storage;

/// <summary>What <c>dtoc.json</c> says of a data folder.</summary>
/// <param name="Format">Format of the files; while some are being led to a newer one, the older.</param>
/// <param name="FolderId">Random name, 16 hexadecimal digits; cursors carry it.</param>
/// <param name="Partitions">Database files, 1 to 256.</param>
/// <param name="Ready">True once all files were created: from then on a missing one is damage.</param>
internal sealed record FolderRecord(
    [property: JsonRequired] int Format, [property: JsonRequired] string FolderId,
    [property: JsonRequired] int Partitions, [property: JsonRequired] bool Ready)
{
    public const string Name = "dtoc.json";

    private const int MostAncestors = 32;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>
    /// Effects of a grain are numbered from above this on. A restored folder begins above all that the folder it was
    /// copied from can have used since, so that no id stands for two effects.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long EffectFloor { get; init; }

    /// <summary>Id of the vault that this folder and all restored from it belong to; null before it has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Vault { get; init; }

    /// <summary>The folders this one was restored from, the latest last; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Ancestor>? Ancestors { get; init; }

    /// <summary>Reads the record of a folder; null when there is none.</summary>
    /// <exception cref="DataFolderException">It cannot be read, or is of a format that this build does not
    /// know.</exception>
    public static FolderRecord? Read(string folder)
    {
        var file = Path.Combine(folder, Name);
        if (!File.Exists(file)) return null;
        FolderRecord? record;
        try
        {
            record = JsonSerializer.Deserialize<FolderRecord>(File.ReadAllBytes(file), Json);
        }
        catch (JsonException exception)
        {
            throw new DataFolderException($"'{file}' cannot be read. Restore it from a backup.", exception);
        }
        if (record is null || record.FolderId.Length != 16 || record.Partitions is < 1 or > 256)
            throw new DataFolderException($"'{file}' is not complete. Restore it from a backup.");
        if (record.Format is < Schema.Oldest or > Schema.Version)
        {
            throw new DataFolderException(
                $"'{folder}' has format {record.Format}; this build reads formats {Schema.Oldest} to "
                + $"{Schema.Version}. Start the release that wrote it.");
        }
        return record;
    }

    /// <summary>Replaces the record as one: a crash leaves the old one or the new one.</summary>
    public void Write(string folder)
    {
        var target = Path.Combine(folder, Name);
        var draft = target + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, this, Json);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, target, overwrite: true);
        DurableFolder.Sync(folder);
    }

    /// <summary>The record of a folder restored from a backup of this one.</summary>
    /// <param name="id">Id of the new folder.</param>
    /// <param name="places">Newest outbox row of each file in the backup.</param>
    /// <param name="floor">Numbers of effects that were not used before.</param>
    public FolderRecord RestoredAs(string id, IReadOnlyList<long> places, long floor)
    {
        List<Ancestor> ancestors = [.. Ancestors ?? [], new Ancestor(FolderId, places)];
        return this with
        {
            FolderId = id,
            EffectFloor = Math.Max(floor, EffectFloor + 1),
            Ancestors = [.. ancestors.TakeLast(MostAncestors)],
        };
    }
}

/// <summary>A folder that this one was restored from.</summary>
/// <param name="FolderId">Its id.</param>
/// <param name="Places">
/// Newest outbox row of each of its files in the backup. Up to there both have the same rows, and its cursors hold.
/// </param>
internal sealed record Ancestor(
    [property: JsonRequired] string FolderId, [property: JsonRequired] IReadOnlyList<long> Places);
