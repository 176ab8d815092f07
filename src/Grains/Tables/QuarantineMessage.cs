namespace DToC.Grains;

/// <summary>What a quarantine bucket is told.</summary>
public abstract record QuarantineMessage : GrainMessage
{
    private QuarantineMessage()
    {
    }

    /// <summary>Keep these events. One whose bytes wait already is not kept twice.</summary>
    public sealed record Add(IReadOnlyList<QuarantinedEvent> Events) : QuarantineMessage;

    /// <summary>Forget an event: it was repaired, or it is not wanted.</summary>
    /// <param name="Id">See <see cref="QuarantinedEvent.Id"/>.</param>
    public sealed record Remove(string Id) : QuarantineMessage;
}

/// <summary>What a quarantine bucket answers.</summary>
public abstract record QuarantineReply : Reply
{
    private QuarantineReply()
    {
    }

    /// <summary>The id of each event in the order of the message; null where the bucket is full.</summary>
    public sealed record Added(IReadOnlyList<string?> Ids) : QuarantineReply;

    /// <summary>Whether there was such an event.</summary>
    public sealed record Removed(bool Found) : QuarantineReply;
}

/// <summary>State of a quarantine bucket.</summary>
public sealed class QuarantineState : GrainState
{
    /// <summary>Events waiting.</summary>
    public int Count { get; internal set; }

    /// <summary>Events not kept because the bucket was full, ever.</summary>
    public long Refused { get; internal set; }

    /// <summary>Events forgotten after their time, ever.</summary>
    public long Expired { get; internal set; }

    /// <summary>Whether a wake-up is asked for.</summary>
    internal bool IsWaking { get; set; }
}
