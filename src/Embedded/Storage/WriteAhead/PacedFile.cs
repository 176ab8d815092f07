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
        var paced = (PacedFile*)file;
        var result = PassedOn.Inner(file)->Methods->Write(PassedOn.Inner(file), bytes, count, at);
        paced->_unsynced += count;
        if (result != SqliteFiles.Ok || paced->_unsynced < Pace) return result;
        paced->_unsynced = 0;
        return PassedOn.Inner(file)->Methods->Sync(PassedOn.Inner(file), SyncsData);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags)
    {
        ((PacedFile*)file)->_unsynced = 0;
        return PassedOn.Inner(file)->Methods->Sync(PassedOn.Inner(file), flags);
    }
}
