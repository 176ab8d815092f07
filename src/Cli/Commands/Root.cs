using System.CommandLine;
using System.CommandLine.Invocation;

namespace DToC.Cli.Commands;

/// <summary>The command line as a whole: one line for each command.</summary>
internal static class Root
{
    // A folder's host answers what it has taken before it closes; 30 s at most.
    private static readonly TimeSpan TimeToDrain = TimeSpan.FromSeconds(40);

    /// <summary>Parses, runs, and returns an <see cref="ExitCode"/>.</summary>
    public static async Task<int> Run(
        string[] args, InvocationConfiguration? console = null, CancellationToken cancellation = default)
    {
        var root = new RootCommand("Digital twins of customers: generate and replay their events, read them.")
        {
            GenerateCommand.Create(),
            ReplayCommand.Create(),
            TwinCommand.Create(),
            TwinsCommand.Create(),
            TrainCommand.Create(),
            BacktestCommand.Create(),
            SimulateCommand.Create(),
            ImportModelCommand.Create(),
            CheckCommand.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            RebuildCommand.Create(),
            RepartitionCommand.Create(),
            UpgradeCommand.Create(),
            EraseCommand.Create(),
            ReadmitCommand.Create(),
            EncryptCommand.Create(),
            RotateKeyCommand.Create(),
        };
        root.Options.Add(MasterKeyOption.File);
        var parsed = root.Parse(args);
        var settings = console ?? new InvocationConfiguration();
        settings.EnableDefaultExceptionHandler = false;
        settings.ProcessTerminationTimeout = TimeToDrain;
        try
        {
            if (parsed.Action is ParseErrorAction error && args.Length > 0)
                error.ShowHelp = false; // the message says what is wrong; the options are a --help away
            var code = await parsed.InvokeAsync(settings, cancellation);
            return parsed.Action is ParseErrorAction ? ExitCode.Usage : code;
        }
        catch (CommandFailure failure)
        {
            await settings.Error.WriteLineAsync($"dtoc: {failure.Message}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await settings.Error.WriteLineAsync("dtoc: stopped.");
            return ExitCode.Stopped;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await settings.Error.WriteLineAsync($"dtoc: {e.Message}");
            return ExitCode.Usage;
        }
    }
}
