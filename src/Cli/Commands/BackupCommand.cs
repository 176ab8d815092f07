using System.CommandLine;
using System.Globalization;
using DToC.Embedded.Backups;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc backup</c>: copies a data folder as it is at one moment, beside the server that uses it.</summary>
internal sealed class BackupCommand
{
    private readonly FolderArgument _folder = new("Data folder; a server may be using it, and goes on.");

    private readonly Argument<string> _target = new("TARGET")
    {
        Description = "Folder for the backup; it must not exist, and appears when the backup is complete.",
    };

    private BackupCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var backup = new BackupCommand();
        var command = new Command("backup", "Copy a data folder beside the running server.");
        backup._folder.AddTo(command);
        command.Arguments.Add(backup._target);
        command.SetAction(backup.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var report = FolderBackup.Run(_folder.Of(parsed), parsed.GetValue(_target) ?? "", cancellation);
        var output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync($"backup: {report.Target}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"moment: {report.Manifest.TakenAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"states: {report.Manifest.Partitions.Sum(partition => partition.Grains):N0}"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"bytes: {report.Bytes:N0}"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"took: {report.Took.TotalSeconds:0.0} s, commits waited {report.Held.TotalMilliseconds:0.0} ms"));
        return ExitCode.Ok;
    }
}
