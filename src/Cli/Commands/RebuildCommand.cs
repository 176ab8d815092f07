using System.CommandLine;
using System.Globalization;
using DToC.Embedded.Repair;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc rebuild</c>: saves what can be saved of damaged partitions.</summary>
internal sealed class RebuildCommand
{
    private const string CountsBegin = "  in these, refused events and triggers without a winner are counted from 0 on";

    private readonly FolderArgument _folder = new("Data folder that no server is using.");

    private readonly Option<int?> _partition = new("--partition")
    {
        Description = "The partition to rebuild; else all that 'dtoc check' finds fault with.",
    };

    private readonly Option<bool> _refold = new("--refold")
    {
        Description = "Fold the states that can be read anew from their journals too.",
    };

    private RebuildCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var rebuild = new RebuildCommand();
        var command = new Command("rebuild",
            "Write damaged partitions anew: what can be read, and states from their journals. Keeps the damaged files. "
            + $"Exit code {ExitCode.Ok} when all was saved, {ExitCode.Damaged} when not.")
        {
            rebuild._partition, rebuild._refold,
        };
        rebuild._folder.AddTo(command);
        command.SetAction(rebuild.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        RebuildReport report;
        try
        {
            report = FolderRebuild.Run(
                _folder.Of(parsed), parsed.GetValue(_partition), parsed.GetValue(_refold), cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new CommandFailure(ExitCode.Damaged, exception.Message);
        }
        var output = parsed.InvocationConfiguration.Output;
        if (report.Partitions.Count == 0) await output.WriteLineAsync("sound: there is nothing to rebuild");
        foreach (var partition in report.Partitions)
        {
            await output.WriteLineAsync(Summary(partition));
            foreach (var key in partition.StatesRebuilt)
                await output.WriteLineAsync($"  made from its journal: {key}");
            if (partition.StatesRebuilt.Count > 0) await output.WriteLineAsync(CountsBegin);
            foreach (var loss in partition.Losses) await output.WriteLineAsync($"  not saved: {loss}");
            await output.WriteLineAsync($"  damaged file: {partition.Aside}");
        }
        return report.IsWhole ? ExitCode.Ok : ExitCode.Damaged;
    }

    private static string Summary(PartitionRebuild partition) => string.Create(CultureInfo.InvariantCulture, $"""
        partition {partition.Partition}: {partition.StatesKept:N0} states taken over,
        {partition.StatesRefolded:N0} of them folded anew; {partition.StatesRebuilt.Count:N0} made from journals;
        {partition.JournalRows:N0} journal rows, {partition.Rows:N0} table rows
        """).ReplaceLineEndings(" ");
}
