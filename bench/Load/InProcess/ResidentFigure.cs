using System.Globalization;
using DToC.Embedded;
using DToC.Grains;
using DToC.Load.Traffic;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Load.InProcess;

/// <summary>
/// Managed memory that a twin at rest in the host takes: its state, its activation, its place in the tables. Each twin
/// is read from the folder by a turn of its own (an event it knows already), as traffic would.
/// </summary>
internal static class ResidentFigure
{
    public static readonly string[] Names = ["bytes_per_resident_twin", "twins_loaded_per_s"];

    public static async Task MeasureAsync(Scene scene, Figures figures, CancellationToken cancellation)
    {
        var roster = new Roster(scene.Options.Twins, scene.Options.Partitions);
        var folder = await scene.NewFolderAsync(roster);
        var options = scene.HostOptions(folder) with { MemoryLimitBytes = 1L << 40 };
        await using var host = EmbeddedHost.Start(options, NullLogger.Instance);
        var before = Managed();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, roster.Partitions)
            .Select(partition => Task.Run(() => LoadAsync(host, roster, scene.Templates, partition), cancellation)));
        var seconds = clock.Elapsed.TotalSeconds;
        await CommitAsync(host, scene, roster);
        var after = Managed();
        var resident = host.Status().Partitions.Sum(partition => partition.Activations.Values.Sum());
        if (resident != roster.Ids.Length)
            throw new InvalidOperationException($"{resident} twins are in memory; {roster.Ids.Length} should be.");
        var counted = host.Status().Partitions.Sum(partition => partition.ResidentBytes) / resident;
        figures.Comment(string.Create(CultureInfo.InvariantCulture,
            $"{resident} twins with {LoadOptions.KnownEvents} events each; {counted} bytes a twin as the host counts"));
        figures.Print("bytes_per_resident_twin", (after - before) / (double)resident);
        figures.Print("twins_loaded_per_s", resident / seconds);
    }

    private static async Task LoadAsync(EmbeddedHost host, Roster roster, Templates templates, int partition)
    {
        const int Window = 1_024;
        var underWay = new Queue<ValueTask<Reply>>(Window);
        for (var i = 0; i < roster.Ids.Length; i++)
        {
            if (roster.PartitionOf[i] != partition) continue;
            if (underWay.Count == Window) Check(await underWay.Dequeue());
            // A key of its own, as from a request: the roster's text must not be counted as free.
            var key = GrainKey.Customer(new string(roster.Ids[i].AsSpan()));
            var message = new CustomerMessage.Observe([templates.KnownEventOf(i)]);
            underWay.Enqueue(host.SendAsync(key, message, CancellationToken.None));
        }
        while (underWay.TryDequeue(out var reply)) Check(await reply);
    }

    /// <summary>A real event in each partition ends the batch in which the twins were read.</summary>
    private static async Task CommitAsync(EmbeddedHost host, Scene scene, Roster roster)
    {
        for (var partition = 0; partition < roster.Partitions; partition++)
        {
            var customer = Array.IndexOf(roster.PartitionOf, partition);
            var events = scene.Traffic([roster.Ids[customer]]).Take(1)
                .Read(new Twin.Events.EventReader(scene.Plan.Events, Twin.Events.EventLimits.Default), Scene.Now());
            var key = GrainKey.Customer(roster.Ids[customer]);
            var reply = await host.SendAsync(key, new CustomerMessage.Observe(events), CancellationToken.None);
            if (reply is not CustomerReply.Observed { Results: [{ Status: EventStatus.Accepted }] })
                throw new InvalidOperationException($"An event was answered with {reply}.");
        }
    }

    private static void Check(Reply reply)
    {
        if (reply is CustomerReply.Observed { Results: [{ Status: EventStatus.Duplicate }] }) return;
        throw new InvalidOperationException($"A known event was answered with {reply}.");
    }

    private static long Managed()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
