using System.CommandLine;
using System.Globalization;
using DToC.Embedded.Repair;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc repartition</c>: spreads a data folder over another number of files.</summary>
internal sealed class RepartitionCommand
{
    private const int MostPartitions = 256;

    private readonly FolderArgument _folder = new("Data folder that no server is using; twice its room is needed.");

    private readonly Option<int> _partitions = new("--partitions")
    {
        Description = $"Files from now on, 1..{MostPartitions}: one a core is right.",
        Required = true,
    };

    private RepartitionCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var repartition = new RepartitionCommand();
        var command = new Command("repartition",
            "Spread a data folder over another number of files; keeps the old ones.")
        {
            repartition._partitions,
        };
        repartition._folder.AddTo(command);
        command.SetAction(repartition.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var count = parsed.GetValue(_partitions);
        if (count is < 1 or > MostPartitions)
            throw new CommandFailure(ExitCode.Usage, $"--partitions is {count}, wanted 1..{MostPartitions}.");
        try
        {
            var report = FolderRepartition.Run(_folder.Of(parsed), count, cancellation);
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync($"partitions: {report.To}, were {report.From}");
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"moved: {report.Grains:N0} states, {report.JournalRows:N0} journal rows"));
            await output.WriteLineAsync($"files as they were: {report.Aside}");
            await output.WriteLineAsync(
                "subscribers: cursors do not lead on; begin with \"0\", effects keep their ids");
            return ExitCode.Ok;
        }
        catch (InvalidDataException exception)
        {
            throw new CommandFailure(ExitCode.Damaged, exception.Message);
        }
    }
}
