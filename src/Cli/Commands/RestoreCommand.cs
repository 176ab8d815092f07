using System.CommandLine;
using System.Globalization;
using DToC.Embedded.Backups;
using DToC.Embedded.Vaults;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc restore</c>: makes a data folder out of a backup.</summary>
internal sealed class RestoreCommand
{
    private readonly Argument<string> _backup = new("BACKUP") { Description = "Folder that 'dtoc backup' made." };
    private readonly FolderArgument _folder = new("Data folder to make; empty, or not there.");
    private readonly Option<string?> _vault = new("--vault")
    {
        Description = "Folder of the vault of the folder that was backed up; it is copied.",
    };

    private readonly Option<bool> _newVault = new("--new-vault")
    {
        Description = "That vault is lost: begin a new one. Whoever was erased since the backup is back.",
    };

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
        command.Options.Add(restore._vault);
        command.Options.Add(restore._newVault);
        command.SetAction(restore.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        VaultOrigin vault = parsed.GetValue(_vault) is { } folder ? new VaultOrigin.Copied(folder)
            : parsed.GetValue(_newVault) ? new VaultOrigin.Begun() : new VaultOrigin.InPlace();
        var report = FolderRestore.Run(parsed.GetValue(_backup) ?? "", _folder.Of(parsed), vault, cancellation);
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
