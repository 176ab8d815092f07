using DToC.Twin.Models.Satisfaction;

namespace DToC.Twin.Plan;

/// <summary>What one step of a fold does to its slots.</summary>
public enum FoldOp : byte
{
    /// <summary>Adds 1 to a long.</summary>
    Count,

    /// <summary>Adds a signal to a long.</summary>
    Sum,

    /// <summary>Keeps the smaller of a long and a signal.</summary>
    Min,

    /// <summary>Keeps the larger of a long and a signal.</summary>
    Max,

    /// <summary>Keeps the earlier of a long and the time of occurrence.</summary>
    First,

    /// <summary>Keeps the later of a long and the time of occurrence.</summary>
    Latest,

    /// <summary>Adds the decay factor to a real.</summary>
    DecayedCount,

    /// <summary>Adds decay factor times signal to a real.</summary>
    DecayedSum,

    /// <summary>Adds tokens to HyperLogLog registers.</summary>
    Distinct,

    /// <summary>Adds to a 16-bit counter of the hour of the week.</summary>
    HourOfWeek,

    /// <summary>Ordered: finds the weight of a signal's value against its history, then learns it.</summary>
    Outlier,

    /// <summary>Ordered: remembers a signal in a long.</summary>
    Last,

    /// <summary>Ordered: weighted mean of a signal.</summary>
    Mean,

    /// <summary>Ordered: mean and variance of the time between events.</summary>
    Interval,

    /// <summary>Ordered: Space-Saving over tokens.</summary>
    HeavyHitters,

    /// <summary>Ordered: number of sessions.</summary>
    Session,

    /// <summary>Ordered: days of purchase and spend on them.</summary>
    PurchaseDay,

    /// <summary>Ordered: code of the event's name, and when it occurred.</summary>
    LastEvent,

    /// <summary>Ordered: decayed Space-Saving over baskets.</summary>
    Basket,

    /// <summary>Ordered: follows a latent level through an answer.</summary>
    Level,

    /// <summary>Ordered: sums of logarithms of price and quantity.</summary>
    Demand,

    /// <summary>Ordered: finds bursts and counts them, decayed.</summary>
    Burst,
}

/// <summary>One step of folding an event of one type.</summary>
/// <param name="Op">What to do.</param>
/// <param name="Signal">Slot of the signal in the event, or -1.</param>
/// <param name="At">First slots in the state.</param>
/// <param name="Size">
/// Operand: registers, capacity, buckets, decay rate, slot of the quantity, index of a level or burst.
/// </param>
/// <param name="Weight">
/// Index of the signal's outlier weight, or -1 for weight 1; of a level the kind of answer; for baskets index of the
/// half-life.
/// </param>
public readonly record struct FoldStep(FoldOp Op, int Signal, SlotCounts At, int Size, int Weight);

/// <summary>All a fold needs of a definition.</summary>
public sealed class FoldPlan
{
    /// <summary>Steps of the commutative part by event type.</summary>
    public required FoldStep[][] Commutative { get; init; }

    /// <summary>Steps of the ordered part by event type.</summary>
    public required FoldStep[][] Ordered { get; init; }

    /// <summary>Half-lives in ms, each once; a decay step's operand is an index.</summary>
    public required double[] HalfLivesMs { get; init; }

    /// <summary>Half-life index of each decayed real, in the order of reals from 0.</summary>
    public required int[] DecayOf { get; init; }

    /// <summary>Number of outlier weights a fold computes.</summary>
    public required int Weights { get; init; }

    /// <summary>Codes of the event types' names, by slot.</summary>
    public required long[] EventCodes { get; init; }

    /// <summary>Filters of the latent levels; a level step's operand is an index.</summary>
    public required SatisfactionFilter[] Levels { get; init; }

    /// <summary>Bursts; a burst step's operand is an index.</summary>
    public required BurstPlan[] Bursts { get; init; }

    /// <summary>The journey; its state is stage, entered at, touched at in three ordered longs.</summary>
    public required JourneyPlan Journey { get; init; }

    /// <summary>First byte of the four context values, each a length byte and up to 63 bytes.</summary>
    public required int ContextAt { get; init; }

    /// <summary>Milliseconds of silence that end a session.</summary>
    public required long SessionGapMs { get; init; }

    /// <summary>Local time for days and hours of the week.</summary>
    public required LocalTime LocalTime { get; init; }

    /// <summary>Heavy-hitter token stride in bytes: a length byte and the token.</summary>
    public const int TokenStride = 24;

    /// <summary>Context value stride in bytes: a length byte and the value.</summary>
    public const int ContextStride = 1 + Events.ContextKeys.MaxBytes;
}

/// <summary>What makes a burst, and how bursts fade.</summary>
/// <param name="Clicks">Events of one.</param>
/// <param name="WithinMs">From its first to its last at most so long.</param>
/// <param name="HalfLifeMs">After it a burst weighs half.</param>
public readonly record struct BurstPlan(int Clicks, long WithinMs, double HalfLifeMs);

/// <summary>The journey, compiled.</summary>
public sealed class JourneyPlan
{
    /// <summary>Stage names; the initial stage is slot 0.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>Hash of each stage's name, for rules.</summary>
    public required ulong[] StageHashes { get; init; }

    /// <summary>Code of each stage's name, for models.</summary>
    public required double[] StageCodes { get; init; }

    /// <summary>For event type t and stage s: the next stage at [t * stages + s], or -1.</summary>
    public required short[] Next { get; init; }

    /// <summary>Milliseconds after which a stage gives way, or <see cref="long.MaxValue"/>.</summary>
    public required long[] IdleMs { get; init; }

    /// <summary>The stage it gives way to.</summary>
    public required int[] IdleTo { get; init; }

    /// <summary>First of the three longs.</summary>
    public required int At { get; init; }

    /// <summary>The stage and when it was entered, as of a moment: idle stages have given way.</summary>
    public (int Stage, long EnteredAtMs) AsOf(long stage, long enteredAtMs, long touchedAtMs, long nowMs)
    {
        var current = (int)stage;
        // Each hop follows another idle rule; a ring of idle rules is refused when the definition is compiled.
        while (enteredAtMs != Events.TouchpointEvent.Missing && IdleMs[current] <= nowMs - touchedAtMs)
        {
            enteredAtMs = touchedAtMs + IdleMs[current];
            touchedAtMs = enteredAtMs;
            current = IdleTo[current];
        }
        return (current, enteredAtMs);
    }
}

/// <summary>Local calendar of a definition.</summary>
public sealed class LocalTime(TimeZoneInfo zone)
{
    private readonly bool _isUtc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;

    /// <summary>Milliseconds to add to UTC at this moment.</summary>
    public long OffsetMs(Instant at) =>
        _isUtc ? 0 : (long)zone.GetUtcOffset(at.ToDateTimeOffset()).TotalMilliseconds;

    /// <summary>Local days since 1970-01-01.</summary>
    public long Day(Instant at) => at.PlusMs(OffsetMs(at)).Day;

    /// <summary>Local hour of the week, 0 (Monday, midnight) to 167.</summary>
    public int HourOfWeek(Instant at)
    {
        var local = at.PlusMs(OffsetMs(at));
        var weekday = (int)((((local.Day + 3) % 7) + 7) % 7); // 1970-01-01 was a Thursday
        return weekday * 24 + (int)((local.UnixMs - local.Day * Instant.DayMs) / Instant.HourMs);
    }

    /// <summary>Local minute of the day, 0 to 1,439.</summary>
    public int MinuteOfDay(Instant at)
    {
        var local = at.PlusMs(OffsetMs(at));
        return (int)((local.UnixMs - local.Day * Instant.DayMs) / 60_000);
    }
}
