using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>A message under way to a grain.</summary>
internal sealed class Envelope(GrainKey to, GrainMessage message, string source, Action<Reply?> answered)
{
    private bool _answered;

    public GrainKey To { get; set; } = to;

    public GrainMessage Message { get; set; } = message;

    public string Source { get; } = source;

    /// <summary>Whose effect it is, or null.</summary>
    public GrainKey? Sender { get; init; }

    /// <summary>Step before which it does not arrive.</summary>
    public long HeldUntil { get; set; }

    /// <summary>Moves followed.</summary>
    public int Hops { get; set; }

    /// <summary>Answers once; null when the reply is lost on its way.</summary>
    public void Answer(Reply? reply)
    {
        if (_answered) return;
        _answered = true;
        answered(reply);
    }

    public override string ToString() => $"{Source} to {To}: {Message}";
}

/// <summary>Where a grain in memory stands.</summary>
internal enum Phase
{
    Loading,
    Ready,
    ReadingHistory,
}

/// <summary>A grain in memory, with the messages that wait for it.</summary>
internal sealed class Activation(GrainKey key, int partition)
{
    public GrainKey Key { get; } = key;

    public int Partition { get; } = partition;

    public Phase Phase { get; set; } = Phase.Loading;

    public GrainState? State { get; set; }

    public Instant LastNow { get; set; } = Instant.Never;

    public List<Envelope> Queue { get; } = [];

    /// <summary>Whose turn waits for history.</summary>
    public Envelope? Waiting { get; set; }

    public IReadOnlyList<GrainKey> Wanted { get; set; } = [];

    public bool IsIdle => Queue.Count == 0 && Waiting is null;

    /// <summary>Forgets the state; a turn that waited runs again first.</summary>
    public void Reset()
    {
        State = null;
        Phase = Phase.Loading;
        if (Waiting is not null) Queue.Insert(0, Waiting);
        Waiting = null;
    }
}

/// <summary>A turn that has run and is not committed.</summary>
internal sealed record TurnRecord(Envelope Envelope, GrainKey Key)
{
    /// <summary>The state it left, or null when it changed nothing.</summary>
    public KeptState? State { get; init; }

    public TurnResult.Outcome? Outcome { get; init; }

    /// <summary>Where the message goes once what the turn saw is durable.</summary>
    public TurnResult.MovedTo? Forward { get; init; }
}

/// <summary>A part of the keys with its own batches, leases and counters.</summary>
internal sealed class SimulatedPartition(int number)
{
    public int Number { get; } = number;

    public List<TurnRecord> Open { get; set; } = [];

    public List<TurnRecord>? Committing { get; set; }

    /// <summary>Step before which the commit does not end.</summary>
    public long StalledUntil { get; set; }

    public Dictionary<string, long> Leases { get; } = [];

    public long Turns { get; set; }

    public long Commits { get; set; }

    public long FailedCommits { get; set; }

    public long Evictions { get; set; }

    public long JournalEntries { get; set; }

    /// <summary>Turns not committed, the oldest first.</summary>
    public IEnumerable<TurnRecord> Pending => Committing is null ? Open : Committing.Concat(Open);
}

/// <summary>An effect in the outbox.</summary>
internal sealed class OutboxEffect(EffectId id, GrainKey to, GrainMessage message)
{
    public EffectId Id { get; } = id;

    public GrainKey To { get; } = to;

    public GrainMessage Message { get; } = message;

    public bool InFlight { get; set; }

    public bool Delivered { get; set; }
}

/// <summary>A wake-up asked for.</summary>
internal sealed class WakeEntry(GrainKey key, string name, Instant at)
{
    public GrainKey Key { get; } = key;

    public string Name { get; } = name;

    public Instant At { get; } = at;

    public bool InFlight { get; set; }
}
