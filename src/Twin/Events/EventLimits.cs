namespace DToC.Twin.Events;

/// <summary>Limits of one touchpoint event. What exceeds one is refused with the limit's name and value.</summary>
public sealed record EventLimits
{
    /// <summary>The limits unless configured otherwise.</summary>
    public static readonly EventLimits Default = new();

    /// <summary>
    /// For events out of a journal: whatever nesting a door once let in is read again, and values are taken as ever.
    /// </summary>
    public static readonly EventLimits Stored = Default with { MaxNesting = HighestNesting };

    /// <summary>Deepest nesting a door may be told to let in.</summary>
    public const int HighestNesting = 256;

    /// <summary>Longest event in bytes of JSON.</summary>
    public int MaxEventBytes { get; init; } = 32 * 1024;

    /// <summary>Deepest nesting of objects and arrays.</summary>
    public int MaxNesting { get; init; } = 16;

    /// <summary>Longest event id, in UTF-8 bytes.</summary>
    public int MaxIdBytes { get; init; } = 128;

    /// <summary>Longest customer id, in UTF-8 bytes.</summary>
    public int MaxCustomerBytes { get; init; } = 128;

    /// <summary>Longest source, in UTF-8 bytes.</summary>
    public int MaxSourceBytes { get; init; } = 64;

    /// <summary>Longest value of a context key, in UTF-8 bytes.</summary>
    public int MaxContextBytes { get; init; } = ContextKeys.MaxBytes;

    /// <summary>Longest token, in UTF-8 bytes; longer ones are cut.</summary>
    public int MaxTokenBytes { get; init; } = 256;

    /// <summary>Most values of one signal in one event (lines of an order); later ones are not read.</summary>
    public int MaxValuesPerSignal { get; init; } = 4096;

    /// <summary>How far a time may lie ahead of the receiver's clock.</summary>
    public long MaxFutureMs { get; init; } = 10 * 60 * 1000;

    /// <summary>Times before this are absurd: no customer system had a clock then.</summary>
    public Instant Earliest { get; init; } = Instant.From(new DateTimeOffset(1970, 1, 2, 0, 0, 0, TimeSpan.Zero));
}

/// <summary>The keys of an event's context, in the order of their slots.</summary>
public static class ContextKeys
{
    /// <summary>Longest value of a key, in UTF-8 bytes.</summary>
    public const int MaxBytes = 63;

    /// <summary>Names in the order of their slots.</summary>
    public static readonly IReadOnlyList<string> Names = ["channel", "device", "place", "session"];

    /// <summary>Slot of <c>channel</c>.</summary>
    public const int Channel = 0;

    /// <summary>Number of keys.</summary>
    public const int Count = 4;
}
