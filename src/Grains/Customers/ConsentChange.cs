using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What was said of a purpose.</summary>
/// <param name="Purpose">The purpose.</param>
/// <param name="Status">What was said; <see cref="ConsentStatus.Unknown"/> leaves the consent as it is.</param>
public readonly record struct ConsentChange(string Purpose, ConsentStatus Status)
{
    /// <summary>Which wording the customer saw; empty when it was not told.</summary>
    public string TextVersion { get; init; } = "";

    /// <summary>From when on a granted consent holds no more; <see cref="Instant.Never"/> for no end.</summary>
    public Instant Expires { get; init; } = Instant.Never;

    /// <summary>Whether it was granted explicitly.</summary>
    public bool IsExplicit { get; init; }

    /// <summary>Whether processing is restricted from now on (true) or no more (false); null leaves it.</summary>
    public bool? IsRestricted { get; init; }

    /// <summary>
    /// Whether a signal said it and not a person (Global Privacy Control): then it is an objection, and yields to a
    /// consent that the customer gave after the signal was seen first.
    /// </summary>
    public bool IsSignal { get; init; }

    /// <summary>An opt-out signal for a purpose.</summary>
    public static ConsentChange Signal(string purpose) => new(purpose, ConsentStatus.Objected) { IsSignal = true };

    /// <summary>The change that leads to a record.</summary>
    public static ConsentChange Of(string purpose, in ConsentRecord record) => new(purpose, record.Status)
    {
        TextVersion = record.TextVersion,
        Expires = record.Expires,
        IsExplicit = record.IsExplicit,
        IsRestricted = record.IsRestricted,
    };

    /// <summary>
    /// The record after it. What was said later than this stands; a restriction holds once it is known.
    /// </summary>
    public ConsentRecord ApplyTo(in ConsentRecord known, Instant at, string source)
    {
        if (IsSignal) return at < known.At ? known : AfterSignal(known, at, source);
        var isRestricted = IsRestricted ?? known.IsRestricted;
        if (Status == ConsentStatus.Unknown || at < known.At) return known with { IsRestricted = isRestricted };
        return new ConsentRecord(Status, at, source)
        {
            TextVersion = TextVersion,
            Expires = Status == ConsentStatus.Granted ? Expires : Instant.Never,
            IsExplicit = Status == ConsentStatus.Granted && IsExplicit,
            IsRestricted = isRestricted,
            IsAfterSignal = known.IsAfterSignal,
        };
    }

    private static ConsentRecord AfterSignal(in ConsentRecord known, Instant at, string source) =>
        known.IsAfterSignal ? known : new ConsentRecord(ConsentStatus.Objected, at, source)
        {
            IsRestricted = known.IsRestricted,
            IsAfterSignal = true,
        };
}
