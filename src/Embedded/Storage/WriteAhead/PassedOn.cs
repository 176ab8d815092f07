using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage.WriteAhead;

/// <summary>
/// A file that lies in front of the default file system's own, which follows it in memory: whatever is asked of it is
/// asked of that one.
/// </summary>
internal static unsafe class PassedOn
{
    /// <summary>Bytes in front of the default file system's own file.</summary>
    public const int Head = 64;

    /// <summary>The default file system's file behind this one.</summary>
    public static SqliteFile* Inner(SqliteFile* file) => (SqliteFile*)((byte*)file + Head);

    /// <summary>A table of methods that all pass on what they are asked; lives as long as the process.</summary>
    /// <param name="version">1 for a file that is not a database, 2 for one with a write-ahead log.</param>
    public static FileMethods* NewTable(int version)
    {
        var table = (FileMethods*)NativeMemory.AllocZeroed((nuint)sizeof(FileMethods));
        table->Version = version;
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
    private static int Close(SqliteFile* file) => Inner(file)->Methods->Close(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(SqliteFile* file, byte* into, int count, long at) =>
        Inner(file)->Methods->Read(Inner(file), into, count, at);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, byte* bytes, int count, long at) =>
        Inner(file)->Methods->Write(Inner(file), bytes, count, at);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteFile* file, long size) => Inner(file)->Methods->Truncate(Inner(file), size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags) => Inner(file)->Methods->Sync(Inner(file), flags);

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
