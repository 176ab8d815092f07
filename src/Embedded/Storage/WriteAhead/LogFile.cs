using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage.WriteAhead;

/// <summary>
/// A write-ahead log that gathers what SQLite writes one after the other (for every page a head of 24 bytes, then the
/// page) and hands it on in pieces of up to <see cref="Capacity"/>: a call of the operating system for many pages in
/// place of two for each. Nothing is held back longer than its transaction: the piece goes out with the last page of a
/// commit, before a sync, and before anything is read, so that other connections, and other processes, find in the
/// file what the log's index says is there. SQLite's own guarantees are untouched: order of writes before a sync does
/// not matter to a log whose pages carry checksums (https://www.sqlite.org/fileformat2.html#walformat).
/// Syncs are those of <see cref="DataSync"/> where the system has them.
/// Connections that write must have <c>cache_spill=OFF</c>: then a transaction comes to the log whole, when it commits.
/// Pages that spilled from the cache before could stay gathered after a rollback, and land later on what another
/// connection has committed; and one that could not be written would be found missing by a read, too late for SQLite to
/// undo all that rests on it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LogFile
{
    /// <summary>Bytes gathered at most: the longest that SQLite's own files write in one call.</summary>
    public const int Capacity = 0x1FFFF;

    private const int PageHead = 24;

    // The log grows by so much at once, and only ahead of pieces so short that growing is most of their price.
    private const int Growth = 1 << 20;
    private const int LongPiece = 1 << 16;

    private static readonly byte* Zeros = (byte*)NativeMemory.AllocZeroed(Capacity);
    private static readonly FileMethods* Table = NewTable();

    /// <summary>First, as SQLite expects it.</summary>
    public FileMethods* Methods;

    private byte* _gathered;
    private long _start;
    private int _length;
    private int _endsCommit;
    private byte* _path; // null once it was tried to open a descriptor
    private int _descriptor;
    private long _allotted;

    /// <summary>Makes an opened file ready; false without memory.</summary>
    /// <param name="log">The file.</param>
    /// <param name="path">Its full path, which SQLite keeps for as long as the file is open.</param>
    public static bool TryBegin(LogFile* log, byte* path)
    {
        try
        {
            log->_gathered = (byte*)NativeMemory.Alloc(Capacity);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
        (log->_start, log->_length, log->_endsCommit) = (0, 0, 0);
        log->_path = path;
        (log->_descriptor, log->_allotted) = (DataSync.None, 0);
        log->Methods = Table;
        return true;
    }

    private static FileMethods* NewTable()
    {
        var table = PassedOn.NewTable(version: 1);
        table->Close = &Close;
        table->Read = &Read;
        table->Write = &Write;
        table->Truncate = &Truncate;
        table->Sync = &Sync;
        table->FileSize = &Size;
        return table;
    }

    private static int HandOn(SqliteFile* file)
    {
        var log = (LogFile*)file;
        if (log->_length == 0) return SqliteFiles.Ok;
        var length = log->_length;
        // Whatever comes of it: after a failure SQLite rolls back, and the next transaction writes these places anew.
        log->_length = 0;
        var result = PassedOn.Inner(file)->Methods->Write(PassedOn.Inner(file), log->_gathered, length, log->_start);
        if (result == SqliteFiles.Ok && length < LongPiece && log->_start + length > log->_allotted)
            Grow(log, file, log->_start + length);
        return result;
    }

    /// <summary>
    /// Lets the file grow ahead of what was written, by zeros, which end a log as its end does: a sync that need not
    /// make a new length durable takes about half the time. Where there is no room for all of it, it stays as it is:
    /// what is left may be needed to move the log.
    /// </summary>
    private static void Grow(LogFile* log, SqliteFile* file, long end)
    {
        var inner = PassedOn.Inner(file);
        long size;
        if (inner->Methods->FileSize(inner, &size) != SqliteFiles.Ok) return;
        if (size > end)
        {
            log->_allotted = size;
            return;
        }
        log->_allotted = (end / Growth + 1) * Growth;
        for (var at = end; at < log->_allotted; at += Capacity)
        {
            var count = (int)Math.Min(Capacity, log->_allotted - at);
            if (inner->Methods->Write(inner, Zeros, count, at) == SqliteFiles.Ok) continue;
            _ = inner->Methods->Truncate(inner, end);
            return;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, byte* bytes, int count, long at)
    {
        var log = (LogFile*)file;
        if (at != log->_start + log->_length || log->_length + count > Capacity)
        {
            var result = HandOn(file);
            if (result != SqliteFiles.Ok) return result;
            var inner = PassedOn.Inner(file);
            if (count > Capacity) return inner->Methods->Write(inner, bytes, count, at);
        }
        if (log->_length == 0) log->_start = at;
        Buffer.MemoryCopy(bytes, log->_gathered + log->_length, Capacity - log->_length, count);
        log->_length += count;
        if (count == PageHead)
        {
            // The second field is the database's size in pages after a commit, and zero in all pages before its last.
            log->_endsCommit = BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(bytes + 4, 4));
            return SqliteFiles.Ok;
        }
        return log->_endsCommit != 0 ? HandOn(file) : SqliteFiles.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags)
    {
        var log = (LogFile*)file;
        var result = HandOn(file);
        if (result != SqliteFiles.Ok) return result;
        if (log->_descriptor != DataSync.None)
            return DataSync.Sync(log->_descriptor) ? SqliteFiles.Ok : SqliteFiles.SyncFailed;
        // The first one also makes the file's entry in its folder durable, as the default file system does it.
        result = PassedOn.Inner(file)->Methods->Sync(PassedOn.Inner(file), flags);
        if (result != SqliteFiles.Ok || log->_path is null) return result;
        if (Marshal.PtrToStringUTF8((nint)log->_path) is { } path) log->_descriptor = DataSync.Open(path);
        log->_path = null;
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(SqliteFile* file, byte* into, int count, long at)
    {
        var result = HandOn(file);
        if (result != SqliteFiles.Ok) return result;
        var inner = PassedOn.Inner(file);
        return inner->Methods->Read(inner, into, count, at);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteFile* file, long size)
    {
        var result = HandOn(file);
        ((LogFile*)file)->_allotted = Math.Min(((LogFile*)file)->_allotted, size);
        return result == SqliteFiles.Ok ? PassedOn.Inner(file)->Methods->Truncate(PassedOn.Inner(file), size) : result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Size(SqliteFile* file, long* size)
    {
        var result = HandOn(file);
        return result == SqliteFiles.Ok ? PassedOn.Inner(file)->Methods->FileSize(PassedOn.Inner(file), size) : result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(SqliteFile* file)
    {
        var log = (LogFile*)file;
        var result = HandOn(file);
        NativeMemory.Free(log->_gathered);
        log->_gathered = null;
        if (log->_descriptor != DataSync.None) DataSync.Close(log->_descriptor);
        log->_descriptor = DataSync.None;
        var closed = PassedOn.Inner(file)->Methods->Close(PassedOn.Inner(file));
        return result == SqliteFiles.Ok ? closed : result;
    }
}
