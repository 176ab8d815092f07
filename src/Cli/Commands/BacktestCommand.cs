using System.CommandLine;
using DToC.Cli.Folders;
using DToC.Learn.Backtesting;
using DToC.Learn.Simulating;
using DToC.Learn.Training;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary>
/// <c>dtoc backtest</c>: replays the journals of a data folder to a past moment, forecasts, and compares with what
/// came.
/// </summary>
internal sealed class BacktestCommand
{
    private readonly LearnOptions _options = new();

    private readonly Option<string?> _models = new("--models")
    {
        Description = "Models, with commas between; else all of which it can be said what came true.",
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder for the report: backtest.md with plots, and backtest.json.",
        Required = true,
    };

    private readonly SimulationBacktestCommand _simulation = new();

    private BacktestCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var backtest = new BacktestCommand();
        var command = new Command("backtest", "Forecast as of a past moment and compare with what came.")
        {
            backtest._models, backtest._out,
        };
        backtest._options.AddTo(command);
        backtest._simulation.AddTo(command);
        command.SetAction(backtest.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var options = _options.Of(parsed);
        if (File.Exists(parsed.GetValue(_out)))
            throw new CommandFailure(ExitCode.Usage, $"--out is '{parsed.GetValue(_out)}', a file; name a folder.");
        if (_simulation.IsAsked(parsed)) return await SimulateAsync(parsed, options, output, error, cancellation);
        var now = Instant.From(TimeProvider.System.GetUtcNow());
        var models = parsed.GetValue(_models)?.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        await using var host = HostFolder.OpenToRead(_options.DataOf(parsed), MasterKeyOption.Of(parsed), error);
        var backtest = await LearnOptions.RunAsync(
            progress => Backtest.RunAsync(host, models, options, now, progress, cancellation), error);
        await WriteAsync(BacktestReport.Files(backtest), parsed, output, cancellation);
        return ExitCode.Ok;
    }

    private async Task<int> SimulateAsync(
        ParseResult parsed, TrainingOptions options, TextWriter output, TextWriter error,
        CancellationToken cancellation)
    {
        if (parsed.GetResult(_models) is { Implicit: false })
            throw new CommandFailure(ExitCode.Usage, "A simulation is graded as a whole; leave --models out.");
        var asked = _simulation.Of(parsed, options);
        await using var host = HostFolder.OpenToRead(_options.DataOf(parsed), MasterKeyOption.Of(parsed), error);
        var backtest = await LearnOptions.RunAsync(
            progress => SimulationBacktest.RunAsync(
                host, asked, new SimulationOptions(), read => progress(new ReadingProgress(read, 0)), cancellation),
            error);
        await WriteAsync(SimulationBacktestReport.Files(backtest), parsed, output, cancellation);
        return ExitCode.Ok;
    }

    private async Task WriteAsync(
        IReadOnlyList<ReportFile> files, ParseResult parsed, TextWriter output, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(parsed.GetValue(_out) ?? ".").FullName;
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, file.Name), file.Text, cancellation);
            if (file.Name.EndsWith(".md", StringComparison.Ordinal)) await output.WriteAsync(file.Text);
        }
    }
}
