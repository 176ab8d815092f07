using System.CommandLine;
using DToC.Cli.Folders;
using DToC.Cli.Sending;

namespace DToC.Cli.Commands;

/// <summary>The options that say where events go and how, common to the commands that send.</summary>
internal sealed class Destination
{
    private const int MaxInFlight = 64;

    private readonly ServerAddress _server = new("ingest");

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Instead of --url: data folder to fill, created when it does not exist.",
    };

    private readonly Option<string?> _definition = new("--definition")
    {
        Description = "With --data: definition to put in force, by name or file; else the one in force.",
    };

    private readonly Option<string[]> _lexicons = new("--lexicon")
    {
        Description = "With --definition: file of words that it names and that does not lie beside it; repeatable.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<ClockChoice> _clock = new("--clock")
    {
        Description = "With --data: events are received when they happened (Event) or are sent (Now).",
        DefaultValueFactory = _ => ClockChoice.Event,
    };

    private readonly Option<int> _batch = new("--batch")
    {
        Description = $"Events a request, 1..{EventBatch.MaxEvents}.",
        DefaultValueFactory = _ => 1_000,
    };

    private readonly Option<int> _inFlight = new("--in-flight")
    {
        Description = $"Requests under way at once, 1..{MaxInFlight}.",
        DefaultValueFactory = _ => 4,
    };

    private readonly Option<int> _patience = new("--patience")
    {
        Description = "Seconds to try a silent server, or a folder that cannot be written, before giving up.",
        DefaultValueFactory = _ => 60,
    };

    /// <summary>When events are received.</summary>
    private enum ClockChoice
    {
        /// <summary>When they happened.</summary>
        Event,

        /// <summary>When they are sent.</summary>
        Now,
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _server.AddTo(command);
        command.Options.Add(_data);
        command.Options.Add(_definition);
        command.Options.Add(_lexicons);
        command.Options.Add(_clock);
        command.Options.Add(_batch);
        command.Options.Add(_inFlight);
        command.Options.Add(_patience);
    }

    /// <summary>True when a server or a folder was given.</summary>
    public bool IsGiven(ParseResult parsed) => _server.IsGiven(parsed) || IsFolder(parsed);

    /// <summary>How to send.</summary>
    /// <exception cref="CommandFailure">An option is out of its range.</exception>
    public DeliveryOptions Options(ParseResult parsed)
    {
        var (batch, inFlight) = (parsed.GetValue(_batch), parsed.GetValue(_inFlight));
        if (batch is < 1 or > EventBatch.MaxEvents)
            throw new CommandFailure(ExitCode.Usage, $"--batch is {batch}, wanted 1..{EventBatch.MaxEvents}.");
        if (inFlight is < 1 or > MaxInFlight)
            throw new CommandFailure(ExitCode.Usage, $"--in-flight is {inFlight}, wanted 1..{MaxInFlight}.");
        return new(batch, inFlight);
    }

    /// <summary>The sink that the options name.</summary>
    /// <exception cref="CommandFailure">An option is missing or wrong, or the folder cannot be used.</exception>
    public async Task<EventSink> Open(ParseResult parsed, TimeProvider time, CancellationToken cancellation)
    {
        var seconds = parsed.GetValue(_patience);
        if (seconds < 0)
            throw new CommandFailure(ExitCode.Usage, $"--patience is {seconds}, wanted 0 or more seconds.");
        var patience = TimeSpan.FromSeconds(seconds);
        if (parsed.GetValue(_lexicons) is { Length: > 0 } && parsed.GetValue(_definition) is null)
            throw new CommandFailure(ExitCode.Usage, "--lexicon goes with --definition.");
        if (IsFolder(parsed) && _server.IsGiven(parsed))
            throw new CommandFailure(ExitCode.Usage, "give either --url or --data, not both.");
        if (IsFolder(parsed))
            return await OpenFolder(parsed, patience, time, cancellation);
        if (parsed.GetValue(_definition) != null || parsed.GetResult(_clock) is { Implicit: false })
        {
            throw new CommandFailure(ExitCode.Usage,
                "--definition and --clock go with --data: a server has a definition and a clock of its own.");
        }
        return new HttpSink(_server.Open(parsed), patience, time);
    }

    private bool IsFolder(ParseResult parsed) => parsed.GetValue(_data) != null;

    private async Task<EventSink> OpenFolder(
        ParseResult parsed, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var clock = parsed.GetValue(_clock) == ClockChoice.Event ? new EventClock() : null;
        var host = await HostFolder.OpenToFill(
            parsed.GetValue(_data) ?? "", parsed.GetValue(_definition), parsed.GetValue(_lexicons) ?? [],
            MasterKeyOption.Of(parsed), clock ?? time, parsed.InvocationConfiguration.Error, cancellation);
        return new FolderSink(host, clock, patience, time);
    }
}
