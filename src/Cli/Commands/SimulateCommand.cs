using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Cli.Display;
using DToC.Cli.Folders;
using DToC.Embedded;
using DToC.Learn.Simulating;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc simulate</c>: runs the twins of a data folder forward, as they are or under what if.</summary>
internal sealed class SimulateCommand
{
    private readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "Data folder; nothing in it is changed.",
    };

    private readonly AsOf _asOf = new();
    private readonly QuickScenarios _quick = new();

    private readonly Option<string?> _request = new("--request")
    {
        Description = "File with a request as JSON; the other options but --threads, --memory-mib and --json are in "
            + "it then.",
    };

    private readonly Option<int> _weeks = new("--weeks")
    {
        Description = "Weeks ahead.", DefaultValueFactory = _ => new SimulationRequest().Weeks,
    };

    private readonly Option<int> _paths = new("--paths")
    {
        Description = "Paths of everybody, each in a possible world of its own.",
        DefaultValueFactory = _ => new SimulationRequest().Paths,
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "The same seed gives the same answer.",
        DefaultValueFactory = _ => new SimulationRequest().Seed,
    };

    private readonly Option<double> _level = new("--level")
    {
        Description = "Probability of the intervals.", DefaultValueFactory = _ => new SimulationRequest().Level,
    };

    private readonly Option<string?> _segment = new("--segment") { Description = "A segment instead of everybody." };

    private readonly Option<int?> _sample = new("--sample")
    {
        Description = "Most customers; of more, the same ones each time.",
    };

    private readonly Option<string[]> _groups = new("--group")
    {
        Description = "A segment that is summed apart, too; may be given several times.",
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads; they change nothing of the answer.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<int> _memory = new("--memory-mib")
    {
        Description = "Memory for customers and sums, in MiB.", DefaultValueFactory = _ => 1_024,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write the answer as JSON." };

    private SimulateCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var simulate = new SimulateCommand();
        var command = new Command("simulate", "Run the twins of a data folder forward, as they are or under what if.")
        {
            simulate._folder, simulate._request, simulate._weeks, simulate._paths, simulate._seed, simulate._level,
            simulate._segment, simulate._sample, simulate._groups, simulate._threads, simulate._memory, simulate._json,
        };
        simulate._asOf.AddTo(command);
        simulate._quick.AddTo(command);
        command.SetAction(simulate.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var request = await RequestOf(parsed, cancellation);
        var options = new SimulationOptions
        {
            Threads = AtLeastOne(parsed.GetValue(_threads), "--threads"),
            MemoryBytes = (long)AtLeastOne(parsed.GetValue(_memory), "--memory-mib") << 20,
        };
        var now = Instant.From(TimeProvider.System.GetUtcNow());
        await using var host = HostFolder.OpenToRead(
            parsed.GetValue(_folder) ?? "", MasterKeyOption.Of(parsed), error);
        var (setup, fault) = SimulationSetup.Of(host.Plans, request);
        if (setup is null) throw new CommandFailure(ExitCode.Usage, fault ?? "It cannot be simulated.");
        var (result, progress) = await SimulateAsync(host, setup, now, options, error, cancellation);
        if (parsed.GetValue(_json)) await output.WriteLineAsync(Encoding.UTF8.GetString(result.ToJson()));
        else await output.WriteAsync(SimulationReport.Of(result));
        await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"memory: members {progress.MemberBytes >> 20} MiB{(progress.MembersKept ? "" : ", read page by page")}, ")
            + string.Create(CultureInfo.InvariantCulture, $"sums {progress.SumBytes >> 20} MiB"));
        return ExitCode.Ok;
    }

    private static async Task<(SimulationResult, SimulationProgress)> SimulateAsync(
        EmbeddedHost host, SimulationSetup setup, Instant now, SimulationOptions options, TextWriter error,
        CancellationToken cancellation)
    {
        var meter = new Meter("paths");
        try
        {
            return await ProgressDisplay.Run(meter, error, TimeProvider.System, async () =>
            {
                var run = await SimulationRun.StartAsync(host, setup, now, options, cancellation);
                meter.Fraction = () => run.Progress.Fraction;
                var result = await run.RunAsync(after => meter.Add(after.PathsDone - meter.Done), cancellation);
                return (result, run.Progress);
            });
        }
        catch (Exception cannot) when (cannot is InvalidOperationException or ArgumentException)
        {
            throw new CommandFailure(ExitCode.Usage, cannot.Message);
        }
    }

    private async Task<SimulationRequest> RequestOf(ParseResult parsed, CancellationToken cancellation)
    {
        var at = _asOf.Of(parsed, TimeProvider.System);
        var quick = _quick.Of(parsed);
        if (parsed.GetValue(_request) is { } path)
        {
            if (quick is not null || at is not null)
            {
                throw new CommandFailure(
                    ExitCode.Usage, "Give scenarios and the moment in the file of --request, or without one.");
            }
            Option[] inFile = [_weeks, _paths, _seed, _level, _segment, _sample, _groups];
            if (Array.Find(inFile, option => parsed.GetResult(option) is { Implicit: false }) is { } beside)
            {
                throw new CommandFailure(
                    ExitCode.Usage, $"Give {beside.Name} in the file of --request, or without one.");
            }
            var read = SimulationRequestReader.Read(await File.ReadAllBytesAsync(path, cancellation), path);
            return read.Request ?? throw new CommandFailure(ExitCode.Usage, read.Fault ?? path);
        }
        return new SimulationRequest
        {
            At = at,
            Weeks = parsed.GetValue(_weeks),
            Paths = parsed.GetValue(_paths),
            Seed = parsed.GetValue(_seed),
            Level = parsed.GetValue(_level),
            Population = new PopulationChoice
            {
                Segment = parsed.GetValue(_segment), Sample = parsed.GetValue(_sample),
            },
            Groups = parsed.GetValue(_groups) ?? [],
            Scenarios = quick is null ? default : Encoding.UTF8.GetBytes(quick.ToJsonString()),
        };
    }

    private static int AtLeastOne(int value, string option) => value >= 1
        ? value
        : throw new CommandFailure(ExitCode.Usage, $"{option} is {value}; 1 or more is right.");
}
