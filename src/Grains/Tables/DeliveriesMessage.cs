using DToC.Twin;

namespace DToC.Grains;

/// <summary>The place up to which a destination has taken charge of a topic's effects.</summary>
public readonly record struct TopicPlace(Topic Topic, string Cursor);

/// <summary>What is known of a waiting delivery after an attempt.</summary>
/// <param name="Number">Of its row.</param>
/// <param name="Attempts">Times it was tried.</param>
/// <param name="At">When it is tried again; of one that is given up, now.</param>
/// <param name="Reason">What came of it, a word.</param>
/// <param name="IsDead">Whether it is given up.</param>
public readonly record struct TriedDelivery(long Number, int Attempts, Instant At, string Reason, bool IsDead);

/// <summary>Which dead letters are meant.</summary>
/// <param name="Numbers">These; null for all.</param>
/// <param name="Reason">Of these, those with this reason; null for any.</param>
public sealed record DeadLetters(IReadOnlyList<long>? Numbers, string? Reason);

/// <summary>What the table of a destination's deliveries is told.</summary>
public abstract record DeliveriesMessage : GrainMessage
{
    private DeliveriesMessage()
    {
    }

    /// <summary>What became of effects; committed as one.</summary>
    public sealed record Settle : DeliveriesMessage
    {
        /// <summary>Everything up to here is done or among <see cref="Keep"/>.</summary>
        public IReadOnlyList<TopicPlace> Places { get; init; } = [];

        /// <summary>New ones that wait.</summary>
        public IReadOnlyList<KeptDelivery> Keep { get; init; } = [];

        /// <summary>Waiting ones that were tried in vain.</summary>
        public IReadOnlyList<TriedDelivery> Tried { get; init; } = [];

        /// <summary>Waiting ones that are done, by their numbers.</summary>
        public IReadOnlyList<long> Done { get; init; } = [];
    }

    /// <summary>Dead letters wait again, as if they were new; at most so many as there is room for.</summary>
    public sealed record Replay(DeadLetters Which) : DeliveriesMessage;

    /// <summary>Dead letters are not wanted any more.</summary>
    public sealed record Discard(DeadLetters Which) : DeliveriesMessage;

    /// <summary>The destination goes, with all that waits for it.</summary>
    public sealed record Clear : DeliveriesMessage;
}

/// <summary>What the table of a destination's deliveries answers.</summary>
public abstract record DeliveriesReply : Reply
{
    private DeliveriesReply()
    {
    }

    /// <summary>It is so.</summary>
    /// <param name="Numbers">Of the rows of <see cref="DeliveriesMessage.Settle.Keep"/>.</param>
    /// <param name="Waiting">Deliveries that wait now.</param>
    /// <param name="Dead">Dead letters now.</param>
    public sealed record Settled(IReadOnlyList<long> Numbers, int Waiting, int Dead) : DeliveriesReply;

    /// <summary>Dead letters were moved or removed.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="IsAll">False when more of those meant are left; the message may be sent again.</param>
    public sealed record Moved(int Count, bool IsAll) : DeliveriesReply;
}

/// <summary>State of the table of a destination's deliveries.</summary>
public sealed class DeliveriesState : GrainState
{
    /// <summary>Number of the newest row, ever.</summary>
    public long Newest { get; internal set; }

    /// <summary>Deliveries that wait.</summary>
    public int Waiting { get; internal set; }

    /// <summary>Dead letters.</summary>
    public int Dead { get; internal set; }

    /// <summary>Dead letters that were forgotten after their time, ever.</summary>
    public long Expired { get; internal set; }

    /// <summary>Places by topic; a topic without one begins where the destination does.</summary>
    public SortedList<Topic, string> Places { get; } = [];

    /// <summary>Whether a wake-up is asked for.</summary>
    internal bool IsWaking { get; set; }

    /// <summary>The state of a table of which only rows are left: its topics are read from the beginning.</summary>
    internal static DeliveriesState Of(IReadOnlyCollection<string> rows, bool isWaking) => new()
    {
        Newest = rows.Count == 0 ? 0 : rows.Max(KeptDelivery.NumberOf),
        Waiting = rows.Count(row => row[0] == KeptDelivery.Waiting),
        Dead = rows.Count(row => row[0] == KeptDelivery.Dead),
        IsWaking = isWaking,
    };
}
