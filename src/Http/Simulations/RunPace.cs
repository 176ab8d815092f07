using DToC.Grains;

namespace DToC.Http.Simulations;

/// <summary>What is looked at of live traffic.</summary>
/// <param name="Waiting">Messages waiting.</param>
/// <param name="Answers">Time of messages to their answers, from the start of the process.</param>
internal readonly record struct TrafficReading(long Waiting, DurationCounts Answers)
{
    /// <summary>Of a host.</summary>
    public static TrafficReading Of(HostStatus status) => new(
        status.Partitions.Sum(partition => (long)partition.MailboxLength),
        status.Partitions.Aggregate(DurationCounts.None, (sum, partition) => sum.And(partition.AnswerDurations)));
}

/// <summary>
/// The pace of work beside live traffic: it rests after each stretch, the longer the more the traffic suffers. Its
/// share of the time is halved when answers take longer than while it rested, or messages wait, and grows by steps when
/// they do not (additive increase, multiplicative decrease: D. Chiu and R. Jain, Computer Networks and ISDN Systems 17,
/// 1989). Without traffic it does not rest. Used by one worker.
/// </summary>
internal sealed class RunPace(Func<TrafficReading> read, TimeProvider time)
{
    /// <summary>Least share of the time.</summary>
    public const double LeastShare = 0.05;

    /// <summary>How long it works at most before it asks again how the traffic fares.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it rests to see how long answers take without it, and how often.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private const double Step = 0.05;
    private const double MostRise = 1.2;
    private const double MostRiseSeconds = 0.002;
    private const int FewAnswers = 20;
    private const int AnyAnswers = 5;
    private const double FirstShare = 0.25;
    private const int MostWaiting = 256;
    private const double Percentile = 0.99;

    private static readonly TimeSpan RestEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private TrafficReading _last;
    private double? _calm;
    private long _lookedAt = -1;
    private long _restedAt;
    private long _begunAt;

    /// <summary>Share of the time it works, of one processor; 1 without traffic.</summary>
    public double Share { get; private set; } = FirstShare;

    /// <summary>Waits between two stretches of work as long as the traffic asks for.</summary>
    public async ValueTask GiveWayAsync(CancellationToken cancellation)
    {
        var worked = _lookedAt < 0 ? TimeSpan.Zero : time.GetElapsedTime(_begunAt);
        if (_lookedAt < 0 || time.GetElapsedTime(_lookedAt) >= Look) await LookAsync(cancellation);
        if (Share < 1 && worked > TimeSpan.Zero)
        {
            var pause = worked * ((1 - Share) / Share);
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, cancellation);
        }
        _begunAt = time.GetTimestamp();
    }

    private async ValueTask LookAsync(CancellationToken cancellation)
    {
        var now = read();
        var answers = _lookedAt < 0 ? DurationCounts.None : now.Answers.Since(_last.Answers);
        if (_lookedAt >= 0 && IsQuiet(now.Waiting, answers)) BeQuiet();
        else if (_calm is null || time.GetElapsedTime(_restedAt) >= RestEvery) now = await RestAsync(cancellation);
        else Adapt(now.Waiting, answers);
        (_last, _lookedAt) = (now, time.GetTimestamp());
    }

    // What the work itself keeps now and then is no traffic.
    private static bool IsQuiet(long waiting, DurationCounts answers) => waiting == 0 && answers.Count < AnyAnswers;

    // What answers took before the quiet says nothing of the traffic to come.
    private void BeQuiet() => (Share, _calm) = (1, null);

    private void Adapt(long waiting, DurationCounts answers)
    {
        var took = answers.Count >= FewAnswers ? answers.Quantile(Percentile) : null;
        var isSlow = took is { } seconds && _calm is { } calm
            && seconds > Math.Max(calm * MostRise, calm + MostRiseSeconds);
        if (isSlow || waiting > MostWaiting) Share = Math.Max(LeastShare, Share / 2);
        // Beside traffic never all of it: what comes next should not have to wait for a look.
        else Share = Math.Min(0.9, Share + Step);
    }

    private async ValueTask<TrafficReading> RestAsync(CancellationToken cancellation)
    {
        var before = read();
        await Task.Delay(Rest, time, cancellation);
        var after = read();
        var answers = after.Answers.Since(before.Answers);
        _restedAt = time.GetTimestamp();
        if (IsQuiet(after.Waiting, answers))
        {
            BeQuiet();
            return after;
        }
        // Of too few nothing can be said; the greatest that is no rise stands in.
        _calm = answers.Count >= FewAnswers ? answers.Quantile(Percentile) ?? 0 : _calm ?? MostRiseSeconds;
        Share = Math.Min(Share, FirstShare);
        return after;
    }
}
