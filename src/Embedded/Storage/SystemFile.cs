using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage;

/// <summary>What the operating system does with open files and .NET does not offer; not on Windows.</summary>
internal static partial class SystemFile
{
    /// <summary>Opens a file or folder for reading; negative when it cannot be.</summary>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    /// <summary>Makes all of it durable; 0 when it is.</summary>
    [LibraryImport("libc", EntryPoint = "fsync")]
    public static partial int Sync(int descriptor);

    /// <summary>Makes what was written to it durable; 0 when it is, else the error is kept for the caller.</summary>
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);
}
