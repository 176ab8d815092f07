namespace DToC.Embedded.Storage;

/// <summary>Room on the volume of a folder.</summary>
internal static class FreeSpace
{
    /// <summary>
    /// Bytes this process may still write on the volume that holds a path (quotas of the user count), and all bytes
    /// the volume has; null when the system does not say.
    /// </summary>
    public static (long? Free, long? Total) Of(string path)
    {
        try
        {
            var volume = new DriveInfo(path);
            return (volume.AvailableFreeSpace, volume.TotalSize);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (null, null);
        }
    }
}
