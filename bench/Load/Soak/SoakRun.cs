using System.Diagnostics;
using DToC.Load.Server;
using DToC.Load.Steady;
using DToC.Load.Traffic;

namespace DToC.Load.Soak;

/// <summary>A long steady load on the server's process, with a row a minute and a verdict at the end.</summary>
internal static class SoakRun
{
    /// <returns>0; 1 when it could not be run, or the verdict is bad and that was to fail.</returns>
    public static async Task<int> RunAsync(
        LoadOptions options, SoakOptions soak, TextWriter output, CancellationToken cancellation)
    {
        using var work = new WorkFolder();
        var figures = new Figures(options, output);
        MachineFacts.Print(figures, options, work.Path);
        var scene = new Scene(options, work);
        var roster = new Roster(options.Customers, options.Partitions);
        var lanes = new TrafficLanes(scene, roster.Ids.Where((_, i) => !Latencies.IsProbe(i)));
        var folder = await scene.NewFolderAsync(roster);
        using var server = await ServerProcess.StartAsync(folder, cancellation);
        using var load = new SoakLoad(scene, server, roster, lanes);
        var perSecond = soak.EventsPerSecond
            ?? SoakOptions.ShareOfPeak * await PeakAsync(figures, server, lanes, load, options, cancellation);
        figures.Comment($"{soak.Minutes} minutes at {perSecond:0} events/s in streams; beside them single events, "
            + "queries, next best actions, and new customers whose orders bring decisions");
        var running = load.RunAsync(perSecond, soak.Minutes * 60, cancellation);
        var rows = await WatchAsync(running, load, server, folder, soak, figures, cancellation);
        await running;
        if (load.FirstError is { } error) figures.Comment($"the first error: {error}");
        return Judge(rows, soak, figures);
    }

    /// <summary>Events a second that streams bring in beside all else.</summary>
    private static async Task<double> PeakAsync(
        Figures figures, ServerProcess server, TrafficLanes lanes, SoakLoad load, LoadOptions options,
        CancellationToken cancellation)
    {
        var peak = new StreamPeak(figures, server, lanes).PeakAsync(options, cancellation);
        await load.RunBesideAsync(peak, cancellation);
        return await peak;
    }

    private static async Task<List<SoakRow>> WatchAsync(
        Task running, SoakLoad load, ServerProcess server, string folder, SoakOptions soak, Figures figures,
        CancellationToken cancellation)
    {
        using var client = server.NewClient();
        using var timer = new PeriodicTimer(soak.RowEvery);
        List<SoakRow> rows = [];
        figures.Comment(SoakRow.Head);
        var clock = Stopwatch.StartNew();
        for (var before = TimeSpan.Zero; !running.IsCompleted; before = clock.Elapsed)
        {
            await timer.WaitForNextTickAsync(cancellation);
            if (running.IsCompleted) break;
            var acks = load.Events.AckMs.Drain();
            var singles = load.Singles.Ms.Drain();
            var row = new SoakRow
            {
                Minute = clock.Elapsed.TotalMinutes,
                EventsPerSecond = (acks.Count + singles.Count) / (clock.Elapsed - before).TotalSeconds,
                Ack = Quantiles.Of(acks),
                Query = Quantiles.Of(load.Queries.Ms.Drain()),
                Single = Quantiles.Of(singles),
                Decision = Quantiles.Of(load.Ear.Ms.Drain()),
                Errors = load.Errors,
                Missing = load.Missing,
                Vitals = await ServerVitals.ReadAsync(server, client, folder, cancellation),
            };
            load.DrainUnwatched();
            rows.Add(row);
            figures.Comment($"{row}");
        }
        return rows;
    }

    private static int Judge(List<SoakRow> rows, SoakOptions soak, Figures figures)
    {
        if (rows.Count < 4) throw new InvalidOperationException($"{rows.Count} rows are too few for a verdict.");
        var verdict = new SoakVerdict(rows);
        foreach (var line in verdict.Lines) figures.Comment(line);
        figures.Print("soak_events_per_s", rows.Average(row => row.EventsPerSecond));
        figures.Print("soak_ack_p99_ms", Figures.Median([.. rows.Select(row => row.Ack.P99)]));
        figures.Print("soak_query_p99_ms", Figures.Median([.. rows.Select(row => row.Query.P99)]));
        figures.Print("soak_event_to_decision_p99_ms", Figures.Median([.. rows.Select(row => row.Decision.P99)]));
        figures.Print("soak_errors", rows[^1].Errors + rows[^1].Missing);
        figures.Print("soak_is_flat", verdict.IsGood ? 1 : 0);
        return soak.Strict && !verdict.IsGood ? 1 : 0;
    }
}
