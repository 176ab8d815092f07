using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace DToC.Embedded.Tests;

/// <summary>A disk in memory that is really full when it is full. Only root on Linux may have one.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Mounts one, or says why there is none.</summary>
    public static SmallDisk? Mount(int sizeKb, ITestOutputHelper output)
    {
        var folder = Directory.CreateTempSubdirectory("dtoc-disk-").FullName;
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", Size(sizeKb), "tmpfs", folder))
            return new SmallDisk(folder);
        Directory.Delete(folder);
        output.WriteLine("No small disk can be mounted here, so nothing was tested: it needs root on Linux.");
        return null;
    }

    public void Resize(int sizeKb) =>
        Assert.True(Run("mount", "-o", $"remount,{Size(sizeKb)}", Folder), "The disk could not be made larger.");

    /// <summary>Takes all the room that is left with a file that can be removed.</summary>
    public string Fill()
    {
        var path = Path.Combine(Folder, "ballast");
        using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[4096]);
        }
        catch (IOException)
        {
            return path; // the disk is full
        }
    }

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static string Size(int sizeKb) => string.Create(CultureInfo.InvariantCulture, $"size={sizeKb}k");

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false });
            if (process is null) return false;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
