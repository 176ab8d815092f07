using System.CommandLine;
using DToC.Learn.Simulating;
using DToC.Learn.Training;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary>The options of <c>dtoc backtest --simulate</c>.</summary>
internal sealed class SimulationBacktestCommand
{
    private readonly Option<bool> _simulate = new("--simulate")
    {
        Description = "Simulate from --at and compare with what came, instead of grading models.",
    };

    private readonly AsOf _asOf = new();

    private readonly Option<int> _weeks = new("--weeks")
    {
        Description = "With --simulate: weeks ahead.", DefaultValueFactory = _ => 13,
    };

    private readonly Option<int> _paths = new("--paths")
    {
        Description = "With --simulate: paths.", DefaultValueFactory = _ => 1_000,
    };

    private readonly Option<double> _level = new("--level")
    {
        Description = "With --simulate: probability of the intervals.", DefaultValueFactory = _ => 0.9,
    };

    private readonly Option<int> _period = new("--period-weeks")
    {
        Description = "With --simulate: weeks of the periods that are compared.", DefaultValueFactory = _ => 4,
    };

    private readonly Option<bool> _asIs = new("--as-is")
    {
        Description = "With --simulate: take the models in force, which may know what came, and fit none.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options = [_simulate, _weeks, _paths, _level, _period, _asIs];
        foreach (var option in options) command.Options.Add(option);
        _asOf.AddTo(command);
    }

    /// <summary>Whether a simulation is to be graded.</summary>
    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_simulate);

    /// <summary>How.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="learn">The options it shares with other back-tests.</param>
    /// <exception cref="CommandFailure">An option is missing or wrong.</exception>
    public SimulationBacktestOptions Of(ParseResult parsed, TrainingOptions learn)
    {
        var options = Read(parsed, learn);
        if (options is { Refit: false, Kind: not null })
            throw new CommandFailure(ExitCode.Usage, "--as-is fits nothing; leave --kind out, or --as-is.");
        return options.NotOver(Instant.From(TimeProvider.System.GetUtcNow())) is { } ahead
            ? throw new CommandFailure(ExitCode.Usage, $"--weeks: {ahead}.") : options;
    }

    private SimulationBacktestOptions Read(ParseResult parsed, TrainingOptions learn) => new()
    {
        At = _asOf.Of(parsed, TimeProvider.System) ?? throw new CommandFailure(
            ExitCode.Usage, "--simulate wants --at: a day or time in the past, with what came after it in the folder."),
        Weeks = parsed.GetValue(_weeks),
        Paths = parsed.GetValue(_paths),
        Seed = learn.Seed,
        Level = parsed.GetValue(_level),
        Customers = learn.Customers,
        Refit = !parsed.GetValue(_asIs),
        Kind = learn.Kind,
        PeriodWeeks = parsed.GetValue(_period),
    };
}
