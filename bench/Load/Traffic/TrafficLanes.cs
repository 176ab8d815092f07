namespace DToC.Load.Traffic;

/// <summary>
/// The traffic of a server's life, for any number of connections up to the number of lanes. A customer is in one lane
/// and a lane in one connection at a time, so each customer's events stay in order whoever sends them.
/// </summary>
internal sealed class TrafficLanes
{
    /// <summary>Most connections.</summary>
    public const int Most = 256;

    private readonly RetailTraffic[] _lanes;

    /// <param name="scene">Where the events' times come from.</param>
    /// <param name="customers">Ids of the customers.</param>
    /// <param name="skipMs">For customers that had streams before: how much later these begin.</param>
    public TrafficLanes(Scene scene, IEnumerable<string> customers, long skipMs = 0)
    {
        var of = new List<string>[Most];
        for (var i = 0; i < Most; i++) of[i] = [];
        foreach (var (i, id) in customers.Index()) of[i % Most].Add(id);
        _lanes = [.. of.Select(ids => scene.Traffic([.. ids], skipMs))];
    }

    /// <summary>The lanes of one of several connections.</summary>
    public RetailTraffic[] Of(int connection, int connections) =>
        [.. _lanes.Where((_, i) => i % connections == connection)];

    /// <summary>The next events, as many for each connection.</summary>
    public PreparedEvents[] Take(int connections, int eventsEach) =>
    [
        .. Enumerable.Range(0, connections).AsParallel().AsOrdered()
            .Select(connection => RetailTraffic.Take(Of(connection, connections), eventsEach)),
    ];
}
