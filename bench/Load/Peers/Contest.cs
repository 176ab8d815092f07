using System.Globalization;
using DToC.Load.Client;
using DToC.Load.Traffic;
using DToC.Twin;

namespace DToC.Load.Peers;

/// <summary>
/// Contenders in turns with the same kind of events, batch after batch: each at its best number of connections.
/// </summary>
internal sealed class Contest(Scene scene, Figures figures, Roster roster, int batch)
{
    /// <summary>Events prepared for a second: more than any contender here takes.</summary>
    private const int MostPerSecond = 150_000;

    private static readonly TimeSpan TryOut = TimeSpan.FromSeconds(0.5);

    private readonly Dictionary<IContender, Entry> _entries = [];

    // Batches of another size had the same customers before: these events are later ones. All draw from one traffic,
    // so that each contender sees a customer's events in their order.
    private readonly TrafficLanes _lanes = new(scene, roster.Ids, batch == 1 ? 0 : Instant.HourMs);

    /// <summary>Measures all; each side's events a second, by repeat.</summary>
    public async Task RunAsync(IReadOnlyList<IContender> contenders, CancellationToken cancellation)
    {
        foreach (var contender in contenders)
        {
            _entries[contender] = new Entry();
            await RunAsync(contender, connections: 8, 2 * TryOut, cancellation); // to warm up
        }
        foreach (var connections in ConnectionCounts.ToPeers)
        {
            foreach (var (contender, entry) in _entries)
                entry.Take(connections, await RunAsync(contender, connections, TryOut, cancellation));
        }
        var length = TimeSpan.FromSeconds(scene.Options.RepeatSeconds);
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            foreach (var (contender, entry) in _entries)
                entry.Rates.Add(await RunAsync(contender, entry.Best.Connections, length, cancellation));
        }
        foreach (var (contender, entry) in _entries)
        {
            figures.Comment($"{contender.Name}, batches of {batch}, events/s at 1 to 64 connections:{entry.Tried}");
            figures.Print($"{contender.Name}_batch_{batch}_events_per_s", Figures.Median(entry.Rates));
            figures.Print($"{contender.Name}_batch_{batch}_connections", entry.Best.Connections);
        }
    }

    /// <summary>The ratio of two sides in each repeat, its median; each side is the better of those named.</summary>
    public double Ratio(IContender[] ours, IContender[] theirs)
    {
        var (mine, other) = (Better(ours), Better(theirs));
        return Figures.Median([.. mine.Rates.Zip(other.Rates, (rate, otherRate) => rate / otherRate)]);
    }

    /// <summary>The events a second of the better of some.</summary>
    public double RateOf(params IContender[] contenders) => Figures.Median(Better(contenders).Rates);

    private Entry Better(IContender[] contenders) =>
        contenders.Select(contender => _entries[contender]).MaxBy(entry => Figures.Median(entry.Rates))
        ?? throw new InvalidOperationException("Nobody was named.");

    private async Task<double> RunAsync(
        IContender contender, int connections, TimeSpan length, CancellationToken cancellation)
    {
        var each = (int)(MostPerSecond * length.TotalSeconds / connections / batch) + 1;
        var events = _lanes.Take(connections, each * batch);
        contender.Prepare();
        GC.Collect();
        return await ClosedLoop.RunAsync(
            contender.Open(events, batch), contender.ThreadsFor(connections), length, cancellation);
    }

    private sealed record Entry
    {
        public List<double> Rates { get; } = [];

        public (int Connections, double Rate) Best { get; private set; }

        public string Tried { get; private set; } = "";

        public void Take(int connections, double rate)
        {
            Tried += string.Create(CultureInfo.InvariantCulture, $" {rate:0}");
            if (rate > Best.Rate) Best = (connections, rate);
        }
    }
}
