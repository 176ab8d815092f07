using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage.WriteAhead;

/// <summary>
/// SQLite's own file system, but that a write-ahead log is written in long pieces (see <see cref="LogFile"/>) and that
/// no page of a database holds what was removed from it (see <see cref="CleanFile"/>). All other files are those of the
/// system's default.
/// </summary>
internal static unsafe class LogFileSystem
{
    /// <summary>Name to open connections with.</summary>
    public const string Name = "dtoc-log";

    /// <summary>Name to open a connection with that moves a long log into its file while others commit.</summary>
    public const string PacedName = "dtoc-paced";

    private static readonly Lock Registering = new();
    private static FileSystem* _default;
    private static bool _isRegistered;

    /// <summary>Makes it known to SQLite; more than once does no harm.</summary>
    public static void Register()
    {
        lock (Registering)
        {
            if (_isRegistered) return;
            _default = SqliteFiles.Find(null);
            if (_default is null) throw new InvalidOperationException("SQLite has no default file system.");
            Register(Name, &Open);
            Register(PacedName, &OpenPaced);
            _isRegistered = true;
        }
    }

    private static void Register(
        string name, delegate* unmanaged[Cdecl]<FileSystem*, byte*, SqliteFile*, int, int*, int> open)
    {
        // Lives as long as the process: SQLite keeps a pointer to it.
        var own = (FileSystem*)NativeMemory.AllocZeroed((nuint)sizeof(FileSystem));
        *own = *_default;
        own->Next = null;
        own->Name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        own->FileSize = PassedOn.Head + _default->FileSize;
        own->Open = open;
        var result = SqliteFiles.Register(own, makeDefault: 0);
        if (result != SqliteFiles.Ok)
            throw new InvalidOperationException($"SQLite did not take a file system ({result}).");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(FileSystem* system, byte* name, SqliteFile* file, int flags, int* flagsGiven) =>
        Open(name, file, flags, flagsGiven, isPaced: false);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OpenPaced(FileSystem* system, byte* name, SqliteFile* file, int flags, int* flagsGiven) =>
        Open(name, file, flags, flagsGiven, isPaced: true);

    private static int Open(byte* name, SqliteFile* file, int flags, int* flagsGiven, bool isPaced)
    {
        if ((flags & SqliteFiles.OpensLog) != 0) return OpenLog(name, file, flags, flagsGiven);
        if ((flags & SqliteFiles.OpensDatabase) == 0) return _default->Open(_default, name, file, flags, flagsGiven);
        file->Methods = null;
        var inner = PassedOn.Inner(file);
        var result = _default->Open(_default, name, inner, flags, flagsGiven);
        if (inner->Methods is null) return result;
        if (CleanFile.CanHold(inner))
        {
            // SQLite closes a file with methods even when it failed to open.
            CleanFile.Begin((CleanFile*)file, isPaced);
            return result;
        }
        _ = inner->Methods->Close(inner);
        return SqliteFiles.CannotOpen;
    }

    private static int OpenLog(byte* name, SqliteFile* file, int flags, int* flagsGiven)
    {
        var log = (LogFile*)file;
        var inner = PassedOn.Inner(file);
        var result = _default->Open(_default, name, inner, flags, flagsGiven);
        // A file without methods is not closed by SQLite; one that failed to open may still have to be.
        log->Methods = null;
        if (result != SqliteFiles.Ok)
        {
            if (inner->Methods is not null) _ = inner->Methods->Close(inner);
            return result;
        }
        if (LogFile.TryBegin(log, name)) return SqliteFiles.Ok;
        _ = inner->Methods->Close(inner);
        return SqliteFiles.NoMemory;
    }
}
