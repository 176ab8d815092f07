namespace DToC.Cli.Commands;

/// <summary>
/// A file that a command writes at its end: whether it can is known before, and it is there whole or not.
/// </summary>
internal static class OutFile
{
    /// <summary>Whether a file can be written at a path, before the work it is to hold is done.</summary>
    /// <param name="path">The path; null for none.</param>
    /// <exception cref="CommandFailure">There is no folder for it, or the path is a folder's.</exception>
    public static void Check(string? path)
    {
        if (path is null) return;
        if (path.Length == 0 || Directory.Exists(path))
            throw new CommandFailure(ExitCode.Usage, $"--out is '{path}', a folder; name the file to write.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
            throw new CommandFailure(ExitCode.Usage, $"--out is '{path}', and there is no folder '{folder}'.");
    }

    /// <summary>Writes a file: under another name beside it first, so that none is there by half.</summary>
    public static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellation)
    {
        var draft = $"{path}.new";
        try
        {
            await File.WriteAllBytesAsync(draft, bytes, cancellation);
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft); // of one that could not be written to its end
        }
    }
}
