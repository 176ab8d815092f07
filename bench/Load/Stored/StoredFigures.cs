using System.Diagnostics;
using System.Globalization;
using DToC.Load.InProcess;
using DToC.Load.Server;
using DToC.Load.Traffic;
using DToC.Twin;

namespace DToC.Load.Stored;

/// <summary>
/// What many stored twins cost: a host over millions, first with none of them in memory, then with as many as the host
/// takes there unless told otherwise, in turns with a host over few; a restart of the server over the millions; and
/// what encryption costs over them.
/// </summary>
internal sealed class StoredFigures(Scene scene, Figures figures)
{
    public static readonly string[] Rates =
        ["embedded_cold_events_per_s", "embedded_large_events_per_s", "embedded_small_events_per_s",
         "embedded_large_to_small"];

    private static readonly string[] Encrypted = ["encrypted_stored", "encrypted_large_to_small"];

    private static readonly string[] All = [.. Rates, RestartFigure.Name, .. Encrypted];

    /// <summary>Disk that a stored twin takes, the log and what is written by the measurement included.</summary>
    private const long BytesPerTwin = 2_700;

    private readonly LoadOptions _options = scene.Options;

    public Task MeasureAsync(CancellationToken cancellation) => figures.MeasureAsync(All, async () =>
    {
        var needed = _options.Stored * BytesPerTwin;
        var free = new DriveInfo(scene.Work.Path).AvailableFreeSpace;
        if (free < needed)
        {
            throw new IOException($"{_options.Stored} stored twins need {needed >> 20} MiB in {scene.Work.Path}, "
                + $"which has {free >> 20}; set TMPDIR to a folder with room, or --stored to fewer.");
        }
        var clock = Stopwatch.StartNew();
        var roster = new Roster(_options.Stored, _options.Partitions);
        var folder = await scene.NewFolderAsync(roster);
        var bytes = Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length);
        figures.Comment(string.Create(CultureInfo.InvariantCulture,
            $"{_options.Stored} twins stored in {clock.Elapsed.TotalSeconds:0} s, {bytes >> 20} MiB"));
        try
        {
            await figures.MeasureAsync(Rates, () => PaceAsync(folder, roster, cancellation));
            await figures.MeasureAsync([RestartFigure.Name], () => RestartAsync(folder, roster, cancellation));
            await figures.MeasureAsync(Encrypted, () => EncryptedAsync(folder, roster, cancellation));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    private async Task PaceAsync(string folder, Roster roster, CancellationToken cancellation)
    {
        var few = new Roster(_options.Customers, _options.Partitions);
        await using var small = new EmbeddedPace(scene, await scene.NewFolderAsync(few), few);
        await using var large = new EmbeddedPace(scene, folder, roster);
        await small.WarmAsync();
        await small.WarmAsync();
        await large.WarmAsync();
        figures.Print("embedded_cold_events_per_s", await large.RepeatAsync());
        await large.TouchAsync(roster, cancellation);
        figures.Comment($"{large.Resident} of {roster.Ids.Length} twins in memory when the measurement begins");
        List<double> rates = [];
        List<double> smallRates = [];
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            rates.Add(await large.RepeatAsync());
            smallRates.Add(await small.RepeatAsync());
        }
        figures.Print("embedded_large_events_per_s", Figures.Median(rates));
        figures.Print("embedded_small_events_per_s", Figures.Median(smallRates));
        double[] ratios = [.. rates.Zip(smallRates, (rate, smallRate) => rate / smallRate)];
        figures.Print("embedded_large_to_small", Figures.Median(ratios));
    }

    private async Task EncryptedAsync(string folder, Roster roster, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        EncryptedFigures.Encrypt(scene, folder, cancellation);
        figures.Comment(string.Create(CultureInfo.InvariantCulture,
            $"{roster.Ids.Length} stored twins encrypted in {clock.Elapsed.TotalSeconds:0} s"));
        var few = new Roster(_options.Customers, _options.Partitions);
        await using var small = new EmbeddedPace(scene, await scene.NewFolderAsync(few), few);
        await using var large = new EmbeddedPace(scene, folder, roster, EncryptedFigures.Master);
        await small.WarmAsync();
        await small.WarmAsync();
        await large.WarmAsync();
        await large.TouchAsync(roster, cancellation);
        var (rate, ratio, _) = await large.CompareAsync(small, cancellation);
        figures.Print("encrypted_stored", rate);
        figures.Print("encrypted_large_to_small", ratio);
    }

    private async Task RestartAsync(string folder, Roster roster, CancellationToken cancellation)
    {
        var customer = roster.Ids[0];
        var lanes = new TrafficLanes(scene, roster.Ids.Skip(1), Instant.HourMs);
        using var server = await ServerProcess.StartAsync(folder, cancellation);
        var restart = new RestartFigure(figures, server, lanes, scene.Traffic([customer], Instant.HourMs), customer);
        await restart.MeasureAsync(cancellation);
    }
}
