namespace DToC.Grains;

/// <summary>What a cohort is told.</summary>
public abstract record CohortMessage : GrainMessage
{
    private CohortMessage()
    {
    }

    /// <summary>It begins, without members.</summary>
    public sealed record Begin(CohortHeader Header) : CohortMessage;

    /// <summary>Customers come in; who is in it already stays once.</summary>
    /// <param name="Customers">Their ids, at most <see cref="CohortGrain.MaxBatch"/>.</param>
    public sealed record Add(IReadOnlyList<string> Customers) : CohortMessage;

    /// <summary>All are in.</summary>
    public sealed record Fix : CohortMessage;

    /// <summary>It goes, a part at a time: members first, then what it was.</summary>
    public sealed record Discard : CohortMessage;
}

/// <summary>What a cohort answers, besides <see cref="Reply.Done"/>.</summary>
public abstract record CohortReply : Reply
{
    private CohortReply()
    {
    }

    /// <summary>There is a cohort of this name.</summary>
    public sealed record Taken : CohortReply;

    /// <summary>There is none, or its members are fixed.</summary>
    public sealed record Closed : CohortReply;

    /// <summary>It would have too many members.</summary>
    public sealed record Full(int Limit) : CohortReply;

    /// <summary>A part of it is gone.</summary>
    /// <param name="IsAll">Whether nothing is left.</param>
    public sealed record Discarded(bool IsAll) : CohortReply;
}
