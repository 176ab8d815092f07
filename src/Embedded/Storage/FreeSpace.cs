namespace DToC.Embedded.Storage;

/// <summary>Room on the volume of a folder.</summary>
internal static class FreeSpace
{
    /// <summary>
    /// Bytes this process may still write on the volume that holds a path (quotas of the user count); null when the
    /// system does not say.
    /// </summary>
    public static long? Of(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
