using System.Diagnostics;
using System.Text;
using DToC.Embedded;
using DToC.Grains;
using DToC.Load.Traffic;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Segments;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Load.InProcess;

/// <summary>
/// What segments cost: a host whose definition has ten of them, in turns with one whose definition has none. And how
/// long it takes from sending an event to seeing its customer among the members, while others send.
/// </summary>
internal sealed class SegmentFigures(LoadOptions options, WorkFolder work, Figures figures)
{
    public static readonly string[] Names =
    [
        "segments_cost", "segments_events_per_s", "segments_cpu_cost", "event_to_membership_p99_ms",
        "segments_state_bytes",
    ];

    private const int WarmRounds = 15;
    private const int Probes = 400;
    private const int AtOnce = 32;

    // Of every kind: still ones, ones whose moment is computed, ones that are looked at once a tick.
    private const string Ten = """
        "segments": {
          "valuable": { "purpose": "analytics", "rule": "lifetime_value > 100" },
          "at_risk": { "purpose": "analytics", "rule": "orders >= 2 && churn > 0.6" },
          "in_cart": { "purpose": "analytics", "rule": "stage == 'cart'" },
          "probed": { "purpose": "analytics", "rule": "attribute.country == 'ZZ'" },
          "buyers": { "purpose": "analytics", "rule": "orders >= 1" },
          "recent": { "purpose": "analytics", "rule": "days_since_order < 30" },
          "browsers": { "purpose": "analytics", "rule": "views_7d > 5" },
          "mailed": { "purpose": "marketing", "rule": "emails_30d > 1" },
          "discounted": { "purpose": "personalization", "rule": "discount_share > 0.1" },
          "frustrated": { "purpose": "service", "rule": "frustration > 0.3" }
        },
        """;

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var with = new Scene(options, work, definition => Replace(definition, Ten));
        var without = new Scene(options, work, definition => Replace(definition, ""));
        var roster = new Roster(options.Customers, options.Partitions);
        await using (var tallied = new EmbeddedPace(with, await with.NewFolderAsync(roster), roster))
        {
            await using var plain = new EmbeddedPace(without, await without.NewFolderAsync(roster), roster);
            // Segments have code of their own to become hot.
            for (var i = 0; i < WarmRounds; i++)
            {
                await tallied.WarmAsync();
                await plain.WarmAsync();
            }
            var (rate, ratio, cpuRatio) = await tallied.CompareAsync(plain, cancellation);
            figures.Print("segments_events_per_s", rate);
            figures.Print("segments_cost", 1 - ratio);
            figures.Print("segments_cpu_cost", 1 - 1 / cpuRatio);
        }
        if (options.Profile) Profile(with, without);
        figures.Print(
            "segments_state_bytes", with.Templates.StateOf(0).Length - (double)without.Templates.StateOf(0).Length);
        await MembershipAsync(with, roster, cancellation);
    }

    /// <summary>
    /// Where a turn's time goes, and that of the tally behind it: each at its quickest of several rounds, in turns.
    /// </summary>
    private void Profile(Scene with, Scene without)
    {
        const int Rounds = 6;
        Parts[] rounds = [.. Enumerable.Range(0, 2 * Rounds).Select(i => Measure(i % 2 == 0 ? with : without))];
        for (var i = 0; i < 2; i++)
        {
            var name = i == 0 ? "with" : "without";
            var of = rounds.Where((_, k) => k % 2 == i).ToList();
            figures.Print($"segments_{name}_decode_us", of.Min(static parts => parts.Decode));
            figures.Print($"segments_{name}_turn_us", of.Min(static parts => parts.Turn));
            figures.Print($"segments_{name}_encode_us", of.Min(static parts => parts.Encode));
            figures.Print($"segments_{name}_tally_us", of.Min(static parts => parts.Tally));
        }
    }

    private static Parts Measure(Scene scene)
    {
        const int Customers = 256;
        var grain = new BareGrain(scene.Plan);
        var events = scene.Traffic([.. Enumerable.Range(0, Customers).Select(i => $"c-{i:d7}")])
            .Take(40_000).Read(new EventReader(scene.Plan.Events, EventLimits.Default), Scene.Now());
        byte[][] states = [.. Enumerable.Range(0, Customers).Select(scene.Templates.StateOf)];
        var tallies = new SegmentTallies(scene.Plan);
        for (var i = 0; i < Customers; i++) tallies.Apply($"{i}", default, CustomerCodec.ShareOf(states[i]));
        var ticks = 0L;
        foreach (var e in events)
        {
            var at = int.Parse(e.Customer!.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);
            var key = GrainKey.Customer(e.Customer!);
            var (_, state, _) = grain.Run(key, states[at], new CustomerMessage.Observe([e]), e.ReceivedAt);
            var begun = Stopwatch.GetTimestamp();
            tallies.Apply($"{at}", CustomerCodec.ShareOf(states[at]), CustomerCodec.ShareOf(state));
            ticks += Stopwatch.GetTimestamp() - begun;
            states[at] = state;
        }
        return new Parts(
            grain.DecodeUs, grain.HandleUs, grain.EncodeUs, ticks * 1e6 / Stopwatch.Frequency / events.Length);
    }

    /// <summary>What an event takes, in microseconds.</summary>
    private readonly record struct Parts(double Decode, double Turn, double Encode, double Tally);

    private async Task MembershipAsync(Scene scene, Roster roster, CancellationToken cancellation)
    {
        await using var host = EmbeddedHost.Start(
            scene.HostOptions(await scene.NewFolderAsync(roster)), NullLogger.Instance);
        while (!(await host.ReadSegmentsAsync(cancellation)).IsComplete) await Task.Delay(10, cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var load = LoadAsync(host, scene, roster, stop.Token);
        var probed = scene.Plan.Segmentation.Find("probed");
        List<double> times = [];
        for (var i = 0; i < Probes; i++)
        {
            var key = GrainKey.Customer($"probe-{i}");
            var attribute = new CustomerMessage.SetAttributes(
                AttributeOrigin.Declared, "bench", Scene.Now(), [new AttributeChange("country", "ZZ", null)]);
            var begun = Stopwatch.GetTimestamp();
            var reply = await host.SendAsync(key, attribute, cancellation);
            if (reply is not Reply.Done) throw new InvalidOperationException($"A probe was answered with {reply}.");
            while ((await host.ReadSegmentsAsync(cancellation)).Tallies.Overlap(probed, probed) <= i)
            {
            }
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await Task.Delay(5, cancellation);
        }
        await stop.CancelAsync();
        await load;
        figures.Print("event_to_membership_p99_ms", Figures.Percentile(times, 0.99));
    }

    /// <summary>A steady flow beside the probes: so many messages under way, and no more.</summary>
    private static async Task LoadAsync(EmbeddedHost host, Scene scene, Roster roster, CancellationToken stop)
    {
        var reader = new EventReader(scene.Plan.Events, EventLimits.Default);
        var traffic = scene.Traffic(roster.Ids);
        while (!stop.IsCancellationRequested)
        {
            var events = traffic.Take(AtOnce).Read(reader, Scene.Now());
            Letter[] letters =
                [.. events.Select(e => new Letter(GrainKey.Customer(e.Customer!), new CustomerMessage.Observe([e])))];
            await host.SendAllAsync(letters, CancellationToken.None);
        }
    }

    private static byte[] Replace(byte[] definition, string segments)
    {
        const string Begin = "\"segments\": {";
        const string End = "\n  },"; // the brace at the depth of the key
        var text = Encoding.UTF8.GetString(definition).ReplaceLineEndings("\n");
        var from = text.IndexOf(Begin, StringComparison.Ordinal);
        var to = text.IndexOf(End, from, StringComparison.Ordinal) + End.Length;
        return Encoding.UTF8.GetBytes(text[..from] + segments + text[to..]);
    }
}
