using System.Buffers.Binary;
using System.Buffers.Text;
using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Effects;

/// <summary>
/// Places in the outboxes of all partitions, as subscribers keep it: URL-safe base64 of a format byte, the
/// folder's id (8 bytes) and one number of 8 bytes a partition.
/// </summary>
internal static class Cursor
{
    private const byte Format = 1;

    public static string Write(string folderId, ReadOnlySpan<long> places)
    {
        Span<byte> bytes = stackalloc byte[9 + 8 * 256];
        bytes[0] = Format;
        Convert.FromHexString(folderId, bytes[1..], out _, out _);
        for (var i = 0; i < places.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(9 + 8 * i)..], places[i]);
        return Base64Url.EncodeToString(bytes[..(9 + 8 * places.Length)]);
    }

    /// <summary>Reads a cursor of this folder.</summary>
    /// <exception cref="FormatException">It is not one, or one of another folder.</exception>
    public static long[] Read(string cursor, FolderRecord folder)
    {
        var partitions = folder.Partitions;
        if (cursor == Published.Beginning) return new long[partitions];
        Span<byte> bytes = stackalloc byte[9 + 8 * 256];
        if (cursor.Length > 4_096 || !Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            || length != 9 + 8 * partitions || bytes[0] != Format)
            throw new FormatException("Not a cursor of this host; use one it gave, or \"0\" for all it keeps.");
        var places = new long[partitions];
        for (var i = 0; i < partitions; i++)
            places[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(9 + 8 * i)..]);
        var owner = Convert.ToHexStringLower(bytes[1..9]);
        if (owner != folder.FolderId) CheckAncestor(owner, places, folder);
        return places;
    }

    /// <summary>A folder restored from a backup has what was published before the backup, and no more.</summary>
    private static void CheckAncestor(string owner, long[] places, FolderRecord folder)
    {
        if (folder.Ancestors?.FirstOrDefault(ancestor => ancestor.FolderId == owner) is not { } ancestor)
            throw new FormatException("This cursor is of another data folder; start with \"0\" here.");
        for (var i = 0; i < places.Length; i++)
        {
            if (i < ancestor.Places.Count && places[i] <= ancestor.Places[i]) continue;
            throw new FormatException(
                "This cursor is ahead of the backup that this folder was restored from: what was published after that "
                + "backup is not known here. Start with \"0\" for all that is kept; effects keep their ids.");
        }
    }
}
