namespace DToC.Twin.Decisions;

/// <summary>Why a candidate did not win. The numbers are stored; they never change.</summary>
public enum Rejection : byte
{
    /// <summary>It won.</summary>
    None = 0,

    /// <summary>Its eligibility rule does not hold.</summary>
    NotEligible = 1,

    /// <summary>A data category it rests on has no legal basis for its purpose.</summary>
    NoLegalBasis = 2,

    /// <summary>The same offer was chosen too recently.</summary>
    OfferCoolDown = 3,

    /// <summary>The channel was used too recently.</summary>
    ChannelCoolDown = 4,

    /// <summary>The channel's cap is reached.</summary>
    ChannelCap = 5,

    /// <summary>Some channel was used too recently.</summary>
    PolicyCoolDown = 6,

    /// <summary>The cap over all channels is reached.</summary>
    PolicyCap = 7,

    /// <summary>It is a quiet hour.</summary>
    QuietHours = 8,

    /// <summary>Propensity, context, value or their product cannot be said, or is not above 0.</summary>
    NoRank = 9,

    /// <summary>Another candidate ranked higher.</summary>
    Outranked = 10,

    /// <summary>It would have won, but the customer is in the control group.</summary>
    Holdout = 11,

    /// <summary>No offer answers the trigger.</summary>
    NoCandidate = 12,
}

/// <summary>The reasons as a set.</summary>
public static class Rejections
{
    /// <summary>Number of reasons, <see cref="Rejection.None"/> included.</summary>
    public const int Count = 13;
}

/// <summary>A candidate as weighed: rank = propensity x context x value x lever.</summary>
/// <param name="Offer">Slot of the offer.</param>
/// <param name="Rejection">Why it did not win, or <see cref="Rejection.None"/>.</param>
/// <param name="Propensity">Probability of a response; NaN when it was not asked.</param>
/// <param name="Context">Fit to the moment.</param>
/// <param name="Value">Worth of a response.</param>
/// <param name="Rank">The product; NaN when it was not asked.</param>
public readonly record struct Candidate(
    int Offer, Rejection Rejection, double Propensity, double Context, double Value, double Rank);
