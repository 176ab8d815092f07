using DToC.Grains;
using DToC.Http.Delivery.Queues;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Http.Console.Figures;

/// <summary>Events that were not folded for a reason.</summary>
/// <param name="Status">What became of them, a word of the API.</param>
/// <param name="Reason">Why, a word of the API.</param>
/// <param name="Count">How many, from the start of the process.</param>
public sealed record NotFoldedCount(string Status, string Reason, long Count);

/// <summary>Events waiting in quarantine.</summary>
/// <param name="Sources">By source, the one with the most first; a text of senders.</param>
/// <param name="IsAll">False when more wait than were counted.</param>
public sealed record QuarantineCounts(IReadOnlyList<(string Source, int Count)> Sources, bool IsAll);

/// <summary>All that the operators' page shows at a moment.</summary>
public sealed record FigureBoard
{
    /// <summary>Seconds that a figure of "now" looks back: long enough to be calm.</summary>
    public const int NowSeconds = 10;

    /// <summary>Counters at this moment.</summary>
    public required FigureCounts Counts { get; init; }

    /// <summary>Counters about <see cref="NowSeconds"/> earlier, or the first there were.</summary>
    public required FigureCounts Before { get; init; }

    /// <summary>Samples of the range, the oldest first.</summary>
    public required IReadOnlyList<FigureSample> Samples { get; init; }

    /// <summary>How far back the charts reach.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>What was not folded, and why.</summary>
    public required IReadOnlyList<NotFoldedCount> NotFolded { get; init; }

    /// <summary>What waits for a person; null until it was counted.</summary>
    public QuarantineCounts? Quarantine { get; init; }

    /// <summary>Destinations and their queues, by name.</summary>
    public IReadOnlyList<DestinationStatus> Destinations { get; init; } = [];

    /// <summary>The definition in force.</summary>
    public required TwinPlan Plan { get; init; }

    /// <summary>Pages that are being looked at.</summary>
    public required int Viewers { get; init; }

    /// <summary>The moment.</summary>
    public Instant At => Counts.At;

    /// <summary>The host's figures.</summary>
    public HostStatus Host => Counts.Host;

    /// <summary>The last seconds, which figures of "now" are made of.</summary>
    public IEnumerable<FigureSample> Latest =>
        Samples.Where(sample => sample.At.UnixMs > At.UnixMs - NowSeconds * 1000);

    /// <summary>How much of something there is in a second, now.</summary>
    public double PerSecond(Func<FigureSample, long> amount)
    {
        var (sum, seconds) = (0L, 0.0);
        foreach (var sample in Latest) (sum, seconds) = (sum + amount(sample), seconds + sample.Seconds);
        return seconds > 0 ? sum / seconds : 0;
    }

    /// <summary>A figure of one partition a second, now.</summary>
    public double PerSecond(PartitionStatus partition, Func<PartitionStatus, long> figure)
    {
        var seconds = (At.UnixMs - Before.At.UnixMs) / 1000.0;
        return seconds > 0 && Earlier(partition) is { } before
            ? Math.Max(0, figure(partition) - figure(before)) / seconds : 0;
    }

    /// <summary>Durations of the last seconds, all partitions together.</summary>
    public DurationCounts Now(Func<FigureSample, DurationCounts> durations) =>
        Latest.Aggregate(DurationCounts.None, (sum, sample) => sum.And(durations(sample)));

    /// <summary>Durations of one partition's last seconds.</summary>
    public DurationCounts Now(PartitionStatus partition, Func<PartitionStatus, DurationCounts> durations) =>
        Earlier(partition) is { } before ? durations(partition).Since(durations(before)) : DurationCounts.None;

    private PartitionStatus? Earlier(PartitionStatus partition) =>
        Before.Host.Partitions.FirstOrDefault(before => before.Partition == partition.Partition);
}
