using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Watching;

/// <summary>
/// What operators see of a partition at work. Each method names its thread. A turn costs one look at the clock
/// and a few additions, its answer likewise; nothing is allocated but for a turn slower than all those kept.
/// </summary>
internal sealed class PartitionWatch(TimeProvider time)
{
    private readonly DurationCounter _turns = new(time.TimestampFrequency);
    private readonly DurationCounter _commits = new(time.TimestampFrequency);
    private readonly DurationCounter _answers = new(time.TimestampFrequency);
    private readonly HottestKeys _hottest = new();
    private readonly SlowestTurns _slowest = new();
    private Instant _now = new(0);
    private long _mark;
    private long _slowFloor;
    private long _failedTurns;
    private long _busy;
    private long _unavailable;
    private long _failed;

    /// <summary>A moment for the measuring of durations.</summary>
    public long Mark() => time.GetTimestamp();

    /// <summary>Turn loop: turns are about to run.</summary>
    public void Begin(Instant now)
    {
        if (now.UnixMs / HottestKeys.MinuteMs != _now.UnixMs / HottestKeys.MinuteMs)
        {
            _hottest.MoveTo(now);
            _slowest.Forget(now);
            _slowFloor = TicksOf(_slowest.Floor);
        }
        _now = now;
        _mark = time.GetTimestamp();
    }

    /// <summary>Turn loop: the grain of the running turn is known.</summary>
    public void Count(Activation grain) => _hottest.Count(grain);

    /// <summary>Turn loop: grains were erased, and are shown to nobody.</summary>
    public void Forget(IEnumerable<GrainKey> keys)
    {
        HashSet<GrainKey> gone = [.. keys];
        _hottest.Forget(gone);
        _slowest.Forget(gone);
    }

    /// <summary>Turn loop: the running turn threw.</summary>
    public void Failed() => Volatile.Write(ref _failedTurns, _failedTurns + 1);

    /// <summary>Turn loop: a turn has run, straight after the one before or <see cref="Begin"/>.</summary>
    public void Ran(Delivery delivery)
    {
        var mark = time.GetTimestamp();
        var ticks = mark - _mark;
        _mark = mark;
        _turns.Add(ticks);
        if (ticks <= _slowFloor) return;
        _slowest.Add(new SlowTurn(
            delivery.Key, delivery.Message.GetType().Name, time.GetElapsedTime(0, ticks), _now));
        _slowFloor = TicksOf(_slowest.Floor);
    }

    /// <summary>Commit loop: a commit that began at a mark is made.</summary>
    public void Committed(long began) => _commits.Add(time.GetTimestamp() - began);

    /// <summary>Any thread: a message from outside is answered, so long after it was taken.</summary>
    public void Answered(long ticks, Reply reply)
    {
        _answers.AddShared(ticks);
        if (reply is Reply.Unavailable) Interlocked.Increment(ref _unavailable);
        else if (reply is Reply.Failed) Interlocked.Increment(ref _failed);
    }

    /// <summary>Any thread: a message from outside was not taken.</summary>
    public void Refused() => Interlocked.Increment(ref _busy);

    /// <summary>Adds what was seen to a status.</summary>
    public PartitionStatus Complete(PartitionStatus status)
    {
        var now = Instant.From(time.GetUtcNow());
        var answers = _answers.Read();
        var (unavailable, failed) = (Volatile.Read(ref _unavailable), Volatile.Read(ref _failed));
        var done = Math.Max(0, answers.Count - unavailable - failed);
        return status with
        {
            FailedTurns = Volatile.Read(ref _failedTurns),
            TurnDurations = _turns.Read(),
            CommitDurations = _commits.Read(),
            AnswerDurations = answers,
            Answers = new AnswerCounts(done, Volatile.Read(ref _busy), unavailable, failed),
            Hottest = _hottest.Read(now),
            Slowest = _slowest.Read(now),
        };
    }

    // Kept durations are cut to whole TimeSpan ticks: what is in the same one is not slower.
    private long TicksOf(TimeSpan? floor) => floor is not { } kept
        ? 0 : (long)((kept + TimeSpan.FromTicks(1)).TotalSeconds * time.TimestampFrequency);
}
