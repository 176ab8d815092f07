using DToC.Embedded;
using DToC.Load.Limit;
using DToC.Load.Traffic;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Load.InProcess;

/// <summary>
/// The host in this process against bare SQLite that writes the same bytes. The two take turns, so that what else the
/// machine does falls on both.
/// </summary>
internal sealed class InProcessFigures(Scene scene, Figures figures)
{
    public static readonly string[] Names =
    [
        "sqlite_limit_events_per_s", "embedded_events_per_s", "embedded_to_sqlite_limit",
        "sqlite_limit_with_wakes_events_per_s", "embedded_parse_events_per_s", "embedded_batch_events",
        "decisions_per_event", "state_bytes", "journal_bytes_per_event",
    ];

    private readonly LoadOptions _options = scene.Options;
    private readonly List<double> _limits = [];
    private readonly List<double> _limitsWithWakes = [];
    private readonly List<double> _limitCpuUs = [];
    private readonly List<double> _rates = [];
    private readonly List<double> _readRates = [];

    /// <summary>Events a second of the host; 0 when not measured.</summary>
    public double EventsPerSecond { get; private set; }

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var roster = new Roster(_options.Customers, _options.Partitions);
        var folder = await scene.NewFolderAsync(roster);
        var bareFolder = scene.Work.New("bare");
        CopyFolder(folder, bareFolder);
        await using (var host = EmbeddedHost.Start(scene.HostOptions(folder), NullLogger.Instance))
        {
            await MeasureAsync(host, roster, bareFolder, cancellation);
        }
        EventsPerSecond = Figures.Median(_rates);
        figures.Print("sqlite_limit_events_per_s", Figures.Median(_limits));
        figures.Print("sqlite_limit_with_wakes_events_per_s", Figures.Median(_limitsWithWakes));
        figures.Print("embedded_events_per_s", EventsPerSecond);
        double[] ratios = [.. _rates.Zip(_limits, (rate, limit) => rate / limit)];
        figures.Print("embedded_to_sqlite_limit", Figures.Median(ratios));
        figures.Print("embedded_parse_events_per_s", Figures.Median(_readRates));
        PrintStored(folder);
    }

    private async Task MeasureAsync(EmbeddedHost host, Roster roster, string bareFolder, CancellationToken cancellation)
    {
        var lanes = new HostLanes(scene, roster);
        // The first run warms up and tells how many events a repeat takes, and the size of a batch.
        await HostLanes.SendAsync(host, lanes.Read(lanes.Prepare(40_000)));
        await lanes.ReadAndSendAsync(host, lanes.Prepare(40_000));
        var before = Counts(host);
        var rate = await HostLanes.SendAsync(host, lanes.Read(lanes.Prepare(30_000)));
        var batch = BatchSince(host, before);
        var bare = new HostLanes(scene, roster).Prepare(Math.Max(24_000, 4 * batch * roster.Partitions));
        var grain = new BareGrain(scene.Plan);
        var events = Interleave(lanes.Read(bare));
        var tape = Tape.Record(scene, roster, events, batch, grain);
        using var limit = new SqliteLimit(bareFolder, roster, tape);
        limit.Run(TimeSpan.FromSeconds(0.3), withWakes: true);
        var profile = _options.Profile ? new TurnProfile(figures) : null;
        before = Counts(host);
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = _options.EventsOfRepeat(rate);
            var prepared = lanes.Read(lanes.Prepare(count));
            // What was prepared goes out of the way of the measured collections: in life, events die young.
            GC.Collect();
            profile?.Begin();
            _rates.Add(rate = await HostLanes.SendAsync(host, prepared));
            profile?.End(prepared.Sum(lane => lane.Length));
            _limits.Add(limit.Run(TimeSpan.FromSeconds(_options.RepeatSeconds), withWakes: false));
            _limitCpuUs.Add(limit.CpuUs);
            _limitsWithWakes.Add(limit.Run(TimeSpan.FromSeconds(_options.RepeatSeconds / 2), withWakes: true));
            var lines = lanes.Prepare(count);
            GC.Collect();
            _readRates.Add(await lanes.ReadAndSendAsync(host, lines));
        }
        figures.Print("embedded_batch_events", BatchSince(host, before));
        profile?.Print(grain, Figures.Median(_limitCpuUs));
    }

    private void PrintStored(string folder)
    {
        var (events, decisions, bytes, states) = (0L, 0L, 0L, new List<double>());
        for (var partition = 0; partition < _options.Partitions; partition++)
        {
            using var file = new BareFile(BareFile.PathOf(folder, partition));
            events += file.Number("SELECT count(*) FROM journal WHERE kind=1");
            decisions += file.Number("SELECT count(*) FROM outbox");
            bytes += file.Number("SELECT sum(length(payload)) FROM journal");
            states.Add(file.Number("SELECT avg(length(state)) FROM grain"));
        }
        figures.Print("decisions_per_event", decisions / (double)events);
        figures.Print("state_bytes", Figures.Median(states));
        figures.Print("journal_bytes_per_event", bytes / (double)events);
    }

    private static (long Turns, long Commits) Counts(EmbeddedHost host)
    {
        var partitions = host.Status().Partitions;
        return (partitions.Sum(partition => partition.Turns), partitions.Sum(partition => partition.Commits));
    }

    private static int BatchSince(EmbeddedHost host, (long Turns, long Commits) before)
    {
        var (turns, commits) = Counts(host);
        return (int)((turns - before.Turns) / Math.Max(1, commits - before.Commits));
    }

    private static T[] Interleave<T>(T[][] lanes) =>
        [.. Enumerable.Range(0, lanes[0].Length).SelectMany(i => lanes.Select(lane => lane[i]))];

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
