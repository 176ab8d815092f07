using DToC.Grains;
using DToC.Http.Events;
using DToC.Twin;

namespace DToC.Http.Console.Figures;

/// <summary>Counters of the API at a moment, from the start of the process.</summary>
/// <param name="Events">Events answered, by <see cref="AnswerStatus"/> as index.</param>
/// <param name="Requests">Requests answered, by the first digit of their status as index, 0 to 5.</param>
/// <param name="RequestsInFlight">Requests begun and not ended.</param>
/// <param name="Streams">Streams of events open now.</param>
public sealed record ApiCounts(
    IReadOnlyList<long> Events, IReadOnlyList<long> Requests, long RequestsInFlight, long Streams)
{
    /// <summary>Events with a status.</summary>
    public long Of(AnswerStatus status) => Events[(int)status];
}

/// <summary>What was counted at a moment, over all partitions.</summary>
/// <param name="At">The moment.</param>
/// <param name="Api">The API's counters.</param>
/// <param name="Host">The host's figures.</param>
public sealed record FigureCounts(Instant At, ApiCounts Api, HostStatus Host)
{
    /// <summary>The sum of a figure over the partitions.</summary>
    public long Sum(Func<PartitionStatus, long> figure) => Host.Partitions.Sum(figure);

    /// <summary>The sum of a figure over the processes.</summary>
    public double SumOfProcesses(Func<ProcessStatus, double> figure) => Host.Processes.Sum(figure);

    /// <summary>Durations of all partitions together.</summary>
    public DurationCounts Durations(Func<PartitionStatus, DurationCounts> durations) =>
        Host.Partitions.Aggregate(DurationCounts.None, (sum, partition) => sum.And(durations(partition)));
}

/// <summary>What happened within about a second. Times are in seconds, memory in bytes.</summary>
public sealed record FigureSample
{
    /// <summary>The end of that second.</summary>
    public required Instant At { get; init; }

    /// <summary>How long it was.</summary>
    public required double Seconds { get; init; }

    /// <summary>Events folded.</summary>
    public required long Accepted { get; init; }

    /// <summary>Events refused, quarantined or to be sent again.</summary>
    public required long NotFolded { get; init; }

    /// <summary>Turns run.</summary>
    public required long Turns { get; init; }

    /// <summary>Commits made.</summary>
    public required long Commits { get; init; }

    /// <summary>Failed turns, failed commits, and messages that were not made durable.</summary>
    public required long Errors { get; init; }

    /// <summary>Grains taken into memory.</summary>
    public required long Activated { get; init; }

    /// <summary>Grains put out of memory.</summary>
    public required long Evicted { get; init; }

    /// <summary>Turns by their time.</summary>
    public required DurationCounts TurnTimes { get; init; }

    /// <summary>Messages by the time to their answer.</summary>
    public required DurationCounts AnswerTimes { get; init; }

    /// <summary>Commits by their time.</summary>
    public required DurationCounts CommitTimes { get; init; }

    /// <summary>Messages waiting at the end of it.</summary>
    public required long Queue { get; init; }

    /// <summary>Effects waiting at the end of it.</summary>
    public required long PendingEffects { get; init; }

    /// <summary>Memory of the processes.</summary>
    public required double ResidentBytes { get; init; }

    /// <summary>Of that, managed memory in use.</summary>
    public required double HeapBytes { get; init; }

    /// <summary>Processor time used in a second; 1 is one core.</summary>
    public required double Cores { get; init; }

    /// <summary>What happened between two counts.</summary>
    public static FigureSample Between(FigureCounts before, FigureCounts now) => new()
    {
        At = now.At,
        Seconds = Math.Max(0.001, (now.At.UnixMs - before.At.UnixMs) / 1000.0),
        Accepted = Rise(before, now, counts => counts.Api.Of(AnswerStatus.Accepted)),
        NotFolded = Rise(before, now, NotFoldedOf),
        Turns = Rise(before, now, counts => counts.Sum(partition => partition.Turns)),
        Commits = Rise(before, now, counts => counts.Sum(partition => partition.Commits)),
        Errors = Rise(before, now, ErrorsOf),
        Activated = Rise(before, now, counts => counts.Sum(partition => partition.Activated)),
        Evicted = Rise(before, now, counts => counts.Sum(partition => partition.Evictions)),
        TurnTimes = Rise(before, now, partition => partition.TurnDurations),
        AnswerTimes = Rise(before, now, partition => partition.AnswerDurations),
        CommitTimes = Rise(before, now, partition => partition.CommitDurations),
        Queue = now.Sum(partition => partition.MailboxLength),
        PendingEffects = now.Sum(partition => partition.PendingEffects),
        ResidentBytes = now.SumOfProcesses(process => process.ResidentBytes),
        HeapBytes = now.SumOfProcesses(process => process.HeapBytes),
        Cores = Math.Max(0, CpuOf(now) - CpuOf(before))
            / Math.Max(0.001, (now.At.UnixMs - before.At.UnixMs) / 1000.0),
    };

    /// <summary>Turns and commits that failed, and answers that say so.</summary>
    public static long ErrorsOf(FigureCounts counts) => counts.Sum(
        partition => partition.FailedTurns + partition.FailedCommits + partition.Answers.Unavailable);

    private static double CpuOf(FigureCounts counts) => counts.SumOfProcesses(process => process.CpuSeconds);

    private static long NotFoldedOf(FigureCounts counts) => counts.Api.Of(AnswerStatus.Refused)
        + counts.Api.Of(AnswerStatus.Quarantined) + counts.Api.Of(AnswerStatus.Retry);

    private static long Rise(FigureCounts before, FigureCounts now, Func<FigureCounts, long> count) =>
        Math.Max(0, count(now) - count(before));

    /// <summary>Seconds without any share one empty count: most samples of a quiet host.</summary>
    private static DurationCounts Rise(
        FigureCounts before, FigureCounts now, Func<PartitionStatus, DurationCounts> durations)
    {
        var risen = now.Durations(durations).Since(before.Durations(durations));
        return risen.Count == 0 ? DurationCounts.None : risen;
    }
}
