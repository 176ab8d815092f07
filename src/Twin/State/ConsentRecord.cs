namespace DToC.Twin.State;

/// <summary>What a customer said about a purpose. The numbers are stored; they never change.</summary>
public enum ConsentStatus : byte
{
    /// <summary>Nothing.</summary>
    Unknown = 0,

    /// <summary>Yes.</summary>
    Granted = 1,

    /// <summary>No when asked; what rests on an interest it closes as an objection does.</summary>
    Denied = 2,

    /// <summary>Yes once, no more; what rests on an interest it closes as an objection does.</summary>
    Withdrawn = 3,

    /// <summary>An objection (GDPR Art. 21), or an opt-out of a sale (CCPA).</summary>
    Objected = 4,
}

/// <summary>A consent as it stands.</summary>
/// <param name="Status">What was said.</param>
/// <param name="At">When.</param>
/// <param name="Source">Through which system.</param>
public readonly record struct ConsentRecord(ConsentStatus Status, Instant At, string Source)
{
    /// <summary>Longest <see cref="TextVersion"/> in UTF-8 bytes.</summary>
    public const int MaxTextVersionBytes = 64;

    /// <summary>Nothing was said.</summary>
    public static readonly ConsentRecord None = new(ConsentStatus.Unknown, Instant.Never, "");

    /// <summary>Which wording the customer saw; empty when it was not told.</summary>
    public string TextVersion { get; init; } = "";

    /// <summary>From when on a granted consent holds no more; <see cref="Instant.Never"/> for no end.</summary>
    public Instant Expires { get; init; } = Instant.Never;

    /// <summary>Whether it was granted explicitly, as GDPR Art. 9(2)(a) asks for.</summary>
    public bool IsExplicit { get; init; }

    /// <summary>Whether processing is restricted (GDPR Art. 18): what may be kept is kept, and not used.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>
    /// Whether the customer's opt-out signal had been seen when this was said: an answer given after it stands over it.
    /// </summary>
    public bool IsAfterSignal { get; init; }

    /// <summary>Whether consent holds at a moment.</summary>
    public bool IsGranted(Instant now) => Status == ConsentStatus.Granted && !HasExpired(now);

    /// <summary>Whether consent was granted for a time that is over.</summary>
    public bool HasExpired(Instant now) => Status == ConsentStatus.Granted && !Expires.IsNever && now >= Expires;

    /// <summary>Whether the customer said no.</summary>
    public bool Forbids => Status >= ConsentStatus.Denied;

    /// <summary>The stricter of two; of equals the later, with no more than both allow.</summary>
    public static ConsentRecord Stricter(ConsentRecord a, ConsentRecord b)
    {
        var stricter = a.Status != b.Status ? (a.Status > b.Status ? a : b) : (a.At >= b.At ? a : b);
        var isRestricted = a.IsRestricted || b.IsRestricted;
        if (a.Status != ConsentStatus.Granted || b.Status != ConsentStatus.Granted)
            return stricter with { IsRestricted = isRestricted };
        return stricter with
        {
            IsRestricted = isRestricted,
            IsExplicit = a.IsExplicit && b.IsExplicit,
            IsAfterSignal = a.IsAfterSignal || b.IsAfterSignal,
            Expires = a.Expires.IsNever || (!b.Expires.IsNever && b.Expires < a.Expires) ? b.Expires : a.Expires,
        };
    }
}
