using System.Runtime.InteropServices;

namespace DToC.Embedded.Storage.WriteAhead;

/// <summary>
/// Makes what was written to a file durable, and of what is known about it only what is needed to read it again: its
/// length and place, not the time of the last change, which costs a second write to the disk or a commit of its journal
/// in many a sync (https://man7.org/linux/man-pages/man2/fdatasync.2.html). The SQLite that the packages bring was
/// built without it. On Linux only: elsewhere a file has no such descriptor.
/// </summary>
internal static class DataSync
{
    /// <summary>No descriptor.</summary>
    public const int None = -1;

    private const int Reads = 0; // O_RDONLY, so that nothing is written by it, whatever number it gets
    private const int ClosesOnExec = 0x80000; // O_CLOEXEC
    private const int Interrupted = 4; // EINTR

    /// <summary>
    /// A descriptor to sync a file by, or <see cref="None"/>. Opened beside SQLite's own, which it does not give out;
    /// a log bears no locks that closing it would drop.
    /// </summary>
    public static int Open(string path) =>
        OperatingSystem.IsLinux() ? Math.Max(None, SystemFile.Open(path, Reads | ClosesOnExec)) : None;

    /// <summary>Returns when all that was written to the file is durable; false when the disk failed.</summary>
    public static bool Sync(int descriptor)
    {
        while (SystemFile.SyncData(descriptor) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) return false;
        }
        return true;
    }

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int descriptor) => _ = SystemFile.Close(descriptor);
}
