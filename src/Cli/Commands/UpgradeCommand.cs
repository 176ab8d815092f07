using System.CommandLine;
using DToC.Cli.Folders;
using DToC.Embedded.Backups;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc upgrade</c>: leads a data folder of an older format to today's, as a start does.</summary>
internal sealed class UpgradeCommand
{
    private readonly FolderArgument _folder = new("Data folder that no server is using.");

    private UpgradeCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var upgrade = new UpgradeCommand();
        var command = new Command("upgrade", "Lead a data folder to the format of this release, as a start does.");
        upgrade._folder.AddTo(command);
        command.SetAction(upgrade.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var log = new FolderLog(parsed.InvocationConfiguration.Error);
        var (from, to) = FolderUpgrade.Run(_folder.Of(parsed), log);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            from == to ? $"format: {to}, nothing to do" : $"format: {to}, was {from}");
        return ExitCode.Ok;
    }
}
