using System.CommandLine;
using DToC.Cli.Display;
using DToC.Cli.Mapping;
using DToC.Cli.Reading;
using DToC.Cli.Sending;

namespace DToC.Cli.Commands;

/// <summary>
/// <c>dtoc replay</c>: files of events, or of rows that a mapping turns into events, are sent.
/// </summary>
internal sealed class ReplayCommand
{
    private readonly Destination _destination = new();

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "NDJSON events, or with --map a table; .gz is unpacked, - is standard input. In order, as one.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _map = new("--map")
    {
        Description = "Mapping (JSON with comments) that tells how rows become events.",
    };

    private readonly Option<string?> _resume = new("--resume-file")
    {
        Description = "Keeps the position after the last durable batch; the same command then goes on from there.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Send nothing; read, map and report.",
    };

    private ReplayCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var replay = new ReplayCommand();
        var command = new Command("replay", "Send the events of files to a server, or into a data folder.")
        {
            replay._files, replay._map, replay._resume, replay._dryRun,
        };
        replay._destination.AddTo(command);
        command.SetAction(replay.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(_dryRun) && parsed.GetValue(_resume) != null)
        {
            throw new CommandFailure(ExitCode.Usage,
                "--dry-run sends nothing that could be resumed: leave out --resume-file.");
        }
        var time = TimeProvider.System;
        var input = InputFiles.Of(parsed.GetValue(_files) ?? [], Console.OpenStandardInput());
        var mapPath = parsed.GetValue(_map);
        var mapText = mapPath == null ? null : await ReadMapping(mapPath, cancellation);
        var mapping = mapText == null ? null : MappingReader.Read(mapText, mapPath!); // text comes of the path
        var (counts, events) = EventsOf(input, mapping);
        var resume = parsed.GetValue(_resume) is { } path ? new ResumeFile(path, input.Fingerprint(mapText)) : null;

        var meter = new Meter("events") { Fraction = () => input.Fraction };
        var options = _destination.Options(parsed);
        var sink = await SinkOf(parsed, time, cancellation);
        Tally tally;
        await using (sink)
        {
            var delivery = new Delivery(sink, options, meter, resume);
            tally = await ProgressDisplay.Run(
                meter, parsed.InvocationConfiguration.Error, time, () => delivery.Run(events, cancellation));
        }

        var report = counts.LinesOf(mapping?.Report, mapping?.IsGrouped ?? false);
        var outcomes = parsed.GetValue(_dryRun) ? ["dry run: nothing was sent"] : tally.Lines();
        foreach (var line in report.Concat(outcomes))
            await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
        return tally.AllTakenIn && counts.Unreadable.Count == 0 ? ExitCode.Ok : ExitCode.SomeRefused;
    }

    private async Task<EventSink> SinkOf(
        ParseResult parsed, TimeProvider time, CancellationToken cancellation)
    {
        var isDry = parsed.GetValue(_dryRun);
        if (isDry == _destination.IsGiven(parsed))
        {
            throw new CommandFailure(ExitCode.Usage,
                "give --url (with --key) or --data to send, or --dry-run to only count.");
        }
        return isDry ? new DrySink() : await _destination.Open(parsed, time, cancellation);
    }

    private static (ReplayCounts Counts, IEnumerable<ReadOnlyMemory<byte>> Events) EventsOf(
        InputFiles input, CompiledMapping? mapping)
    {
        if (mapping == null)
        {
            var plain = new ReplayCounts();
            return (plain, new EventLines(input, plain).Events());
        }
        var counts = new ReplayCounts
        {
            NamedLines = new long[mapping.LineTests.Count],
            NamedGroups = new long[mapping.GroupTests.Count],
        };
        return (counts, new MappedEvents(new TableReader(input, mapping.Layout), mapping, counts).Events());
    }

    private static async Task<string> ReadMapping(string path, CancellationToken cancellation) => File.Exists(path)
        ? await File.ReadAllTextAsync(path, cancellation)
        : throw new CommandFailure(ExitCode.Usage,
            $"there is no mapping {path}: give a file such as those in definitions/mappings.");
}
