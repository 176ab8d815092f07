namespace DToC.Cli.Sending;

/// <summary>What became of an event.</summary>
internal enum EventVerdict
{
    /// <summary>Taken in, durably.</summary>
    Accepted,

    /// <summary>Was there already.</summary>
    Duplicate,

    /// <summary>Set aside to be looked at.</summary>
    Quarantined,

    /// <summary>Not taken in.</summary>
    Refused,
}

/// <summary>The verdict on one event, with the reason when it was not taken in.</summary>
internal readonly record struct EventOutcome(EventVerdict Verdict, string? Reason = null);
