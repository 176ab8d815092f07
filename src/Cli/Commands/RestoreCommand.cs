using System.CommandLine;
using System.Globalization;
using DToC.Embedded.Backups;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc restore</c>: makes a data folder out of a backup.</summary>
internal sealed class RestoreCommand
{
    private readonly Argument<string> _backup = new("BACKUP") { Description = "Folder that 'dtoc backup' made." };
    private readonly FolderArgument _folder = new("Data folder to make; empty, or not there.");

    private RestoreCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var restore = new RestoreCommand();
        var command = new Command("restore", "Make a data folder out of a backup.");
        command.Arguments.Add(restore._backup);
        restore._folder.AddTo(command);
        command.SetAction(restore.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var report = FolderRestore.Run(parsed.GetValue(_backup) ?? "", _folder.Of(parsed), cancellation);
        var output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync($"folder: {report.Folder}");
        await output.WriteLineAsync($"id: {report.FolderId}, restored from {report.Manifest.FolderId}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"as of: {report.Manifest.TakenAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}; send again what came later"));
        await output.WriteLineAsync(
            "subscribers: cursors from before that moment hold; later ones are refused, with what to do");
        return ExitCode.Ok;
    }
}
