using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage.WriteAhead;

/// <summary>
/// A database file into which a long log is moved while others commit: what is written is synced every
/// <see cref="Pace"/> bytes. Left to the one sync at the end, tens of megabytes would stand in the disk's queue at
/// once, and every commit would wait behind them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PacedFile
{
    /// <summary>Bytes written between two syncs: what a disk takes in about a millisecond.</summary>
    public const int Pace = 1 << 18;

    private const int SyncsData = 2; // SQLITE_SYNC_NORMAL
    private static readonly FileMethods* Table = NewTable();

    /// <summary>First, as SQLite expects it.</summary>
    public FileMethods* Methods;

    private long _unsynced;

    /// <summary>Whether a file has all that one with a write-ahead log needs.</summary>
    public static bool CanHold(SqliteFile* inner) =>
        inner->Methods->Version >= 2 && inner->Methods->ShmMap is not null;

    /// <summary>Makes a file ready that the default file system has opened.</summary>
    public static void Begin(PacedFile* file)
    {
        file->_unsynced = 0;
        file->Methods = Table;
    }

    private static SqliteFile* Inner(SqliteFile* file) => LogFile.Inner(file);

    private static FileMethods* NewTable()
    {
        var table = (FileMethods*)NativeMemory.AllocZeroed((nuint)sizeof(FileMethods));
        table->Version = 2;
        table->Close = &Close;
        table->Read = &Read;
        table->Write = &Write;
        table->Truncate = &Truncate;
        table->Sync = &Sync;
        table->FileSize = &Size;
        table->Lock = &Lock;
        table->Unlock = &Unlock;
        table->CheckReservedLock = &CheckReservedLock;
        table->FileControl = &FileControl;
        table->SectorSize = &SectorSize;
        table->DeviceCharacteristics = &DeviceCharacteristics;
        table->ShmMap = &ShmMap;
        table->ShmLock = &ShmLock;
        table->ShmBarrier = &ShmBarrier;
        table->ShmUnmap = &ShmUnmap;
        return table;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, byte* bytes, int count, long at)
    {
        var paced = (PacedFile*)file;
        var result = Inner(file)->Methods->Write(Inner(file), bytes, count, at);
        paced->_unsynced += count;
        if (result != SqliteFiles.Ok || paced->_unsynced < Pace) return result;
        paced->_unsynced = 0;
        return Inner(file)->Methods->Sync(Inner(file), SyncsData);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags)
    {
        ((PacedFile*)file)->_unsynced = 0;
        return Inner(file)->Methods->Sync(Inner(file), flags);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(SqliteFile* file) => Inner(file)->Methods->Close(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(SqliteFile* file, byte* into, int count, long at) =>
        Inner(file)->Methods->Read(Inner(file), into, count, at);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteFile* file, long size) => Inner(file)->Methods->Truncate(Inner(file), size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Size(SqliteFile* file, long* size) => Inner(file)->Methods->FileSize(Inner(file), size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(SqliteFile* file, int level) => Inner(file)->Methods->Lock(Inner(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(SqliteFile* file, int level) => Inner(file)->Methods->Unlock(Inner(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(SqliteFile* file, int* isReserved) =>
        Inner(file)->Methods->CheckReservedLock(Inner(file), isReserved);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(SqliteFile* file, int operation, void* argument) =>
        Inner(file)->Methods->FileControl(Inner(file), operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(SqliteFile* file) => Inner(file)->Methods->SectorSize(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(SqliteFile* file) =>
        Inner(file)->Methods->DeviceCharacteristics(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmMap(SqliteFile* file, int page, int size, int extends, void** at) =>
        Inner(file)->Methods->ShmMap(Inner(file), page, size, extends, at);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(SqliteFile* file, int from, int count, int flags) =>
        Inner(file)->Methods->ShmLock(Inner(file), from, count, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ShmBarrier(SqliteFile* file) => Inner(file)->Methods->ShmBarrier(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmUnmap(SqliteFile* file, int deletes) =>
        Inner(file)->Methods->ShmUnmap(Inner(file), deletes);
}
