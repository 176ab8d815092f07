using System.Diagnostics;
using DToC.Grains;
using DToC.Load.Traffic;
using DToC.Twin.Events;

namespace DToC.Load.InProcess;

/// <summary>Senders of events to a host in this process, each with many messages under way.</summary>
internal sealed class HostLanes
{
    /// <summary>Messages of one sender that are not answered yet.</summary>
    private const int Window = 8_192;

    private readonly Scene _scene;
    private readonly RetailTraffic[] _traffic;

    public HostLanes(Scene scene, Roster roster, bool identified = false)
    {
        _scene = scene;
        var lanes = Math.Max(2, roster.Partitions);
        _traffic = [.. Enumerable.Range(0, lanes).Select(
            lane => scene.Traffic(roster.Lane(lane, lanes), identified: identified))];
    }

    /// <summary>Makes events for each sender.</summary>
    public PreparedEvents[] Prepare(int count) =>
        [.. _traffic.AsParallel().AsOrdered().Select(traffic => traffic.Take(count / _traffic.Length))];

    /// <summary>Reads prepared events.</summary>
    public TouchpointEvent[][] Read(PreparedEvents[] prepared)
    {
        var now = Scene.Now();
        return [.. prepared.AsParallel().AsOrdered().Select(events => events.Read(NewReader(), now))];
    }

    /// <summary>Sends events that were read before; returns events a second, all of them durable.</summary>
    public static Task<double> SendAsync(ITwinHost host, TouchpointEvent[][] lanes) => TimeAsync(
        lanes.Sum(lane => lane.Length), lanes.Length,
        lane => RunAsync(host, lanes[lane].Length, i => lanes[lane][i]));

    /// <summary>The same, reading each event's JSON on the way.</summary>
    public Task<double> ReadAndSendAsync(ITwinHost host, PreparedEvents[] lanes) => TimeAsync(
        lanes.Sum(lane => lane.Count), lanes.Length,
        lane =>
        {
            var reader = NewReader();
            return RunAsync(
                host, lanes[lane].Count, i => PreparedEvents.Read(reader, lanes[lane].Json(i), Scene.Now()));
        });

    private EventReader NewReader() => new(_scene.Plan.Events, EventLimits.Default);

    private static async Task<double> TimeAsync(int count, int lanes, Func<int, Task> run)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => run(lane))));
        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task RunAsync(ITwinHost host, int count, Func<int, TouchpointEvent> next)
    {
        var underWay = new ValueTask<Reply>[Window];
        for (var i = 0; i < count + Window; i++)
        {
            if (i >= Window && i - Window < count) Check(await underWay[i % Window]);
            if (i >= count) continue;
            var e = next(i);
            var key = GrainKey.Customer(e.Customer!); // prepared events name their customer
            underWay[i % Window] = host.SendAsync(key, new CustomerMessage.Observe([e]), CancellationToken.None);
        }
    }

    private static void Check(Reply reply)
    {
        if (reply is CustomerReply.Observed { Results: [{ Status: EventStatus.Accepted }] }) return;
        throw new InvalidOperationException($"An event was answered with {reply}.");
    }
}
