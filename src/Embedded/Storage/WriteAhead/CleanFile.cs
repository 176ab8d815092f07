using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage.WriteAhead;

/// <summary>
/// A database file whose pages hold nothing but what SQLite would read of them. When a page is split or its rows move
/// to a neighbour, what it held before stays in the room between the row pointers and the rows, whatever
/// <c>secure_delete</c> says: a row that is removed later would live on there. That room is written as zeros
/// (https://www.sqlite.org/fileformat2.html#b_tree_pages).
/// As a second kind a database into which a long log is moved while others commit: what is written is synced every
/// <see cref="Pace"/> bytes. Left to the one sync at the end, tens of megabytes would stand in the disk's queue at
/// once, and every commit would wait behind them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CleanFile
{
    /// <summary>Bytes written between two syncs, where it is paced: what a disk takes in about a millisecond.</summary>
    public const int Pace = 1 << 18;

    private const int PageBytes = 4_096;
    private const int FileHead = 100; // in front of the first page's own head
    private const int LeafHead = 8;
    private const int InteriorHead = 12;
    private const int SyncsData = 2; // SQLITE_SYNC_NORMAL
    private static readonly FileMethods* Table = NewTable();

    /// <summary>First, as SQLite expects it.</summary>
    public FileMethods* Methods;

    private long _unsynced;
    private int _isPaced;

    /// <summary>Whether a file has all that one with a write-ahead log needs.</summary>
    public static bool CanHold(SqliteFile* inner) =>
        inner->Methods->Version >= 2 && inner->Methods->ShmMap is not null;

    /// <summary>Makes a file ready that the default file system has opened.</summary>
    public static void Begin(CleanFile* file, bool isPaced)
    {
        file->_unsynced = 0;
        file->_isPaced = isPaced ? 1 : 0;
        file->Methods = Table;
    }

    /// <summary>
    /// The room of a page that no row lies in: where it begins and ends. Empty for what is not a page of a table or
    /// index, or not a sound one.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="isFirst">Whether it is the file's first.</param>
    public static (int From, int To) UnusedRoom(ReadOnlySpan<byte> page, bool isFirst)
    {
        var head = isFirst ? FileHead : 0;
        // An overflow page begins with the number of the next one: none is so high as to look like these.
        var headBytes = page[head] switch
        {
            0x02 or 0x05 => InteriorHead,
            0x0A or 0x0D => LeafHead,
            _ => 0,
        };
        if (headBytes == 0) return (0, 0);
        var rows = BinaryPrimitives.ReadUInt16BigEndian(page[(head + 3)..]);
        var from = head + headBytes + 2 * rows;
        var to = (int)BinaryPrimitives.ReadUInt16BigEndian(page[(head + 5)..]);
        return from < to && to <= page.Length ? (from, to) : (0, 0);
    }

    private static FileMethods* NewTable()
    {
        var table = PassedOn.NewTable(version: 2);
        table->Write = &Write;
        table->Sync = &Sync;
        return table;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, byte* bytes, int count, long at)
    {
        var clean = (CleanFile*)file;
        var result = WriteClean(PassedOn.Inner(file), bytes, count, at);
        clean->_unsynced += count;
        if (result != SqliteFiles.Ok || clean->_isPaced == 0 || clean->_unsynced < Pace) return result;
        clean->_unsynced = 0;
        return PassedOn.Inner(file)->Methods->Sync(PassedOn.Inner(file), SyncsData);
    }

    private static int WriteClean(SqliteFile* inner, byte* bytes, int count, long at)
    {
        var (from, to) = count == PageBytes && at % PageBytes == 0
            ? UnusedRoom(new ReadOnlySpan<byte>(bytes, count), isFirst: at == 0) : (0, 0);
        var room = new ReadOnlySpan<byte>(bytes + from, to - from);
        if (!room.ContainsAnyExcept((byte)0)) return inner->Methods->Write(inner, bytes, count, at);
        // SQLite's own copy stays as it is: it may be its cache's.
        var page = stackalloc byte[PageBytes];
        Buffer.MemoryCopy(bytes, page, PageBytes, count);
        new Span<byte>(page + from, to - from).Clear();
        return inner->Methods->Write(inner, page, count, at);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags)
    {
        ((CleanFile*)file)->_unsynced = 0;
        return PassedOn.Inner(file)->Methods->Sync(PassedOn.Inner(file), flags);
    }
}
