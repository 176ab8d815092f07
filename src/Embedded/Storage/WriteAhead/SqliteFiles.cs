using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage.WriteAhead;

/// <summary>SQLite's file system interface as its header file has it, as far as it is used here.</summary>
internal static partial class SqliteFiles
{
    /// <summary>Result: all went well.</summary>
    public const int Ok = 0;

    /// <summary>Result: no memory.</summary>
    public const int NoMemory = 7;

    /// <summary>Result: the file cannot be opened.</summary>
    public const int CannotOpen = 14;

    /// <summary>Result: <c>SQLITE_IOERR_FSYNC</c>.</summary>
    public const int SyncFailed = 10 | (4 << 8);

    /// <summary>Flag of an open: the file is a database.</summary>
    public const int OpensDatabase = 0x00000100;

    /// <summary>Flag of an open: the file is a write-ahead log.</summary>
    public const int OpensLog = 0x00080000;

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static unsafe partial FileSystem* Find(string? name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static unsafe partial int Register(FileSystem* system, int makeDefault);
}

/// <summary><c>sqlite3_vfs</c>; its methods from <c>xDelete</c> on are taken over as they are.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FileSystem
{
    public int Version;
    public int FileSize;
    public int MaxPath;
    public FileSystem* Next;
    public byte* Name;
    public void* AppData;
    public delegate* unmanaged[Cdecl]<FileSystem*, byte*, SqliteFile*, int, int*, int> Open;
    public Others Methods;

    /// <summary>The fifteen methods from <c>xDelete</c> to <c>xNextSystemCall</c>.</summary>
    [InlineArray(15)]
    public struct Others
    {
        private nint _first;
    }
}

/// <summary><c>sqlite3_file</c>: what every open file begins with.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SqliteFile
{
    public FileMethods* Methods;
}

/// <summary>
/// <c>sqlite3_io_methods</c>: in version 1 all that SQLite asks of a file that is not a database, in version 2 also
/// what it asks of one with a write-ahead log.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FileMethods
{
    public int Version;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int> Close;
    public delegate* unmanaged[Cdecl]<SqliteFile*, byte*, int, long, int> Read;
    public delegate* unmanaged[Cdecl]<SqliteFile*, byte*, int, long, int> Write;
    public delegate* unmanaged[Cdecl]<SqliteFile*, long, int> Truncate;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Sync;
    public delegate* unmanaged[Cdecl]<SqliteFile*, long*, int> FileSize;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Lock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Unlock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int*, int> CheckReservedLock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, void*, int> FileControl;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int> SectorSize;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int> DeviceCharacteristics;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int, int, void**, int> ShmMap;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int, int, int> ShmLock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, void> ShmBarrier;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> ShmUnmap;
}
