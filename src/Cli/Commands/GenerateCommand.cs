using System.CommandLine;
using System.Globalization;
using DToC.Cli.Display;
using DToC.Cli.Sending;
using DToC.Learn.Synthetic;

namespace DToC.Cli.Commands;

/// <summary>
/// <c>dtoc generate</c>: a synthetic population, to a file, or as traffic to a server or data folder.
/// </summary>
internal sealed class GenerateCommand
{
    private const long MaxCustomers = 100_000_000;

    private readonly Destination _destination = new();

    private readonly Option<string> _profile = new("--profile")
    {
        Description = $"One of {string.Join(", ", ProfileReader.Shipped)}, or the path of a profile file.",
        DefaultValueFactory = _ => "retail",
    };

    private readonly Option<long> _customers = new("--customers")
    {
        Description = "How many customers.",
        DefaultValueFactory = _ => 1_000,
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "The same seed gives the same events.",
        DefaultValueFactory = _ => 42,
    };

    private readonly Option<int?> _days = new("--days") { Description = "Length of the span; else the profile's." };

    private readonly Option<string?> _end = new("--end")
    {
        Description = "End of the span (RFC 3339), or 'now'; else the profile's, with --live now.",
    };

    private readonly Option<EventOrder> _order = new("--order")
    {
        Description = "ByTime as events would arrive, or ByCustomer.",
        DefaultValueFactory = _ => EventOrder.ByTime,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "File for the events as NDJSON (.gz is packed); - is standard output.",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<string?> _truth = new("--truth")
    {
        Description = "File for the latent parameters of each customer as NDJSON.",
    };

    private readonly Option<bool> _live = new("--live")
    {
        Description = "Send to a server or into a data folder instead of writing.",
    };

    private readonly Option<double?> _rate = new("--rate") { Description = "With --live: events a second." };

    private readonly Option<bool> _stampNow = new("--stamp-now")
    {
        Description = "With --live: events carry the time they are sent at, and ids of their own in each run.",
    };

    private GenerateCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var generate = new GenerateCommand();
        var command = new Command("generate", "Generate the events of a synthetic population whose truth is known.")
        {
            generate._profile, generate._customers, generate._seed, generate._days, generate._end, generate._order,
            generate._out, generate._truth, generate._live, generate._rate, generate._stampNow,
        };
        generate._destination.AddTo(command);
        command.SetAction(generate.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        Check(parsed);
        var time = TimeProvider.System;
        var population = new Population(ProfileOf(parsed, time), parsed.GetValue(_seed));
        var customers = parsed.GetValue(_customers);
        var meter = new Meter("events");
        await using var truths = parsed.GetValue(_truth) is { } path ? new NdjsonFile(path) : null;
        var progress = new GenerationProgress(customers, meter);
        var events = population.Events(customers, parsed.GetValue(_order), truth =>
        {
            progress.See(truth);
            truths?.Write(truth.ToUtf8());
        });

        var error = parsed.InvocationConfiguration.Error;
        if (parsed.GetValue(_live))
        {
            var tally = await ProgressDisplay.Run(
                meter, error, time, () => Send(parsed, events, meter, time, cancellation));
            foreach (var line in tally.Lines())
                await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
            return tally.AllTakenIn ? ExitCode.Ok : ExitCode.SomeRefused;
        }
        var count = await ProgressDisplay.Run(
            meter, error, time, () => Write(parsed.GetValue(_out) ?? "-", events, meter, cancellation));
        await error.WriteLineAsync($"{count:N0} events of {customers:N0} customers");
        return ExitCode.Ok;
    }

    private void Check(ParseResult parsed)
    {
        var customers = parsed.GetValue(_customers);
        var isLive = parsed.GetValue(_live);
        if (customers is < 1 or > MaxCustomers)
            throw new CommandFailure(ExitCode.Usage, $"--customers is {customers}, wanted 1..{MaxCustomers:N0}.");
        if (parsed.GetValue(_rate) is <= 0)
            throw new CommandFailure(ExitCode.Usage, "--rate should be above 0 events a second.");
        if (isLive && parsed.GetResult(_out) is { Implicit: false })
            throw new CommandFailure(ExitCode.Usage, "--live sends instead of writing: leave out --out.");
        var wantsLive = parsed.GetValue(_rate) != null || parsed.GetValue(_stampNow) || _destination.IsGiven(parsed);
        if (!isLive && wantsLive)
            throw new CommandFailure(ExitCode.Usage, "--url, --data, --rate and --stamp-now go with --live: add it.");
    }

    private PopulationProfile ProfileOf(ParseResult parsed, TimeProvider time)
    {
        var (profile, fault) = ProfileReader.Read(parsed.GetValue(_profile) ?? "");
        if (profile == null)
            throw new CommandFailure(ExitCode.Usage, fault ?? "no profile");
        var days = parsed.GetValue(_days) ?? profile.Days;
        if (days is < 1 or > 3_660)
            throw new CommandFailure(ExitCode.Usage, $"--days is {days}, wanted 1..3660.");
        var wanted = parsed.GetValue(_end) ?? (parsed.GetValue(_live) ? "now" : null);
        var start = wanted == null ? profile.Start : EndOf(wanted, time).AddDays(-days);
        return profile with { Start = start, Days = days, JoinWithinDays = Math.Min(profile.JoinWithinDays, days) };
    }

    private static DateTimeOffset EndOf(string text, TimeProvider time)
    {
        if (text == "now")
            return time.GetUtcNow();
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
            return end.ToUniversalTime();
        throw new CommandFailure(ExitCode.Usage,
            $"--end is '{text}', wanted a time such as 2026-01-31T00:00:00Z, or now.");
    }

    private static async Task<long> Write(
        string path, IEnumerable<SyntheticEvent> events, Meter meter, CancellationToken cancellation)
    {
        await using var file = new NdjsonFile(path);
        foreach (var next in events)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Write(next.ToUtf8());
            meter.Add(1);
        }
        return meter.Done;
    }

    private async Task<Tally> Send(
        ParseResult parsed,
        IEnumerable<SyntheticEvent> events,
        Meter meter,
        TimeProvider time,
        CancellationToken cancellation)
    {
        await using var sink = await _destination.Open(parsed, time, cancellation);
        var options = _destination.Options(parsed);
        var pace = parsed.GetValue(_rate) is { } rate ? new Pace(rate, time) : null;
        if (parsed.GetValue(_rate) is { } perSecond)
        {
            // Ten requests a second, so that traffic flows instead of coming in bursts.
            options = options with { BatchEvents = (int)Math.Clamp(perSecond / 10, 1, options.BatchEvents) };
        }
        if (parsed.GetValue(_stampNow))
        {
            var run = time.GetUtcNow().ToUnixTimeSeconds();
            events = events.Select(next =>
                next with { Id = $"{next.Id}-{run}", Time = Twin.Instant.From(time.GetUtcNow()) });
        }
        return await new Delivery(sink, options, meter, pace: pace)
            .Run(events.Select(next => (ReadOnlyMemory<byte>)next.ToUtf8()), cancellation);
    }
}
