using System.CommandLine;
using DToC.Cli.Display;
using DToC.Learn.Training;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary>The options of commands that learn from the journals of a data folder.</summary>
internal sealed class LearnOptions
{
    private readonly Option<string> _data = new("--data") { Description = "Data folder.", Required = true };

    private readonly Option<string?> _until = new("--until")
    {
        Description = "End of the past that is read (RFC 3339); else the last event.",
    };

    private readonly Option<string?> _kind = new("--kind")
    {
        Description = $"What to fit: {LearntKinds.Words}; else what suits the definition's model.",
    };

    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description = $"How probabilities are calibrated: {LearntKinds.CalibrationWords}; else as suits the kind.",
    };

    private readonly Option<string?> _inputs = new("--inputs")
    {
        Description = "Features to read, with commas between; else the definition's, or all that the purpose allows.",
    };

    private readonly Option<long> _customers = new("--customers")
    {
        Description = "Most customers to read; of more, a sample.",
        DefaultValueFactory = _ => new TrainingOptions().Customers,
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "The same seed gives the same model.",
        DefaultValueFactory = _ => new TrainingOptions().Seed,
    };

    private readonly Option<int> _trees = new("--trees")
    {
        Description = "Most trees.",
        DefaultValueFactory = _ => new TrainingOptions().Trees,
    };

    private readonly Option<double> _horizon = new("--horizon")
    {
        Description = "Days ahead that models without a target are graded; nextEvent and nextStage forecast so far.",
        DefaultValueFactory = _ => new TrainingOptions().HorizonDays,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options = [_data, _until, _kind, _calibration, _inputs, _customers, _seed, _trees, _horizon];
        foreach (var option in options) command.Options.Add(option);
    }

    /// <summary>The data folder.</summary>
    public string DataOf(ParseResult parsed) => parsed.GetValue(_data) ?? "";

    /// <summary>How to learn.</summary>
    /// <exception cref="CommandFailure">An option is not right.</exception>
    public TrainingOptions Of(ParseResult parsed)
    {
        var options = new TrainingOptions
        {
            Kind = KindOf(parsed.GetValue(_kind)),
            Calibration = CalibrationOf(parsed.GetValue(_calibration)),
            Inputs = parsed.GetValue(_inputs)?.Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Until = UntilOf(parsed.GetValue(_until)),
            Customers = parsed.GetValue(_customers),
            Seed = parsed.GetValue(_seed),
            Trees = parsed.GetValue(_trees),
            HorizonDays = parsed.GetValue(_horizon),
        };
        return options.Validate() is { } wrong ? throw new CommandFailure(ExitCode.Usage, $"{wrong}.") : options;
    }

    /// <summary>Runs what learns; what cannot be learnt is a failure of the command, and is said.</summary>
    /// <param name="work">Is given what to tell how far it has come.</param>
    /// <param name="error">Where progress goes.</param>
    /// <exception cref="CommandFailure">It cannot be done.</exception>
    public static async Task<T> RunAsync<T>(Func<Action<ReadingProgress>, Task<T>> work, TextWriter error)
    {
        var meter = new Meter("customers");
        var last = 0L;
        try
        {
            return await ProgressDisplay.Run(meter, error, TimeProvider.System, () => work(progress =>
            {
                meter.Add(progress.Customers - last);
                last = progress.Customers;
                meter.Fraction = () => progress.Of > 0 ? progress.Customers / (double)progress.Of : null;
            }));
        }
        catch (InvalidOperationException cannot)
        {
            throw new CommandFailure(ExitCode.Usage, cannot.Message);
        }
    }

    private static LearntKind? KindOf(string? word)
    {
        if (word is null) return null;
        return LearntKinds.TryParse(word, out LearntKind? kind)
            ? kind
            : throw new CommandFailure(ExitCode.Usage, $"--kind is '{word}', wanted {LearntKinds.Words}.");
    }

    private static LearntCalibration? CalibrationOf(string? word)
    {
        if (word is null) return null;
        return LearntKinds.TryParse(word, out LearntCalibration? calibration)
            ? calibration
            : throw new CommandFailure(
                ExitCode.Usage, $"--calibration is '{word}', wanted {LearntKinds.CalibrationWords}.");
    }

    private static Instant? UntilOf(string? text) => text is null
        ? null
        : InstantJson.TryParse(text, out var at)
            ? at
            : throw new CommandFailure(
                ExitCode.Usage, $"--until is '{text}', wanted a time such as 2026-03-01T12:00:00Z.");
}
