using DToC.Twin.Models;

namespace DToC.Twin.Segments.Differences;

/// <summary>Why nothing is said of a difference.</summary>
public enum NotCompared
{
    /// <summary>It is compared.</summary>
    None,

    /// <summary>
    /// On one side are fewer than <see cref="DisclosureLimit.LeastCustomers"/>, or the test does not hold.
    /// </summary>
    TooFew,

    /// <summary>Everybody has the same value on both sides.</summary>
    NoSpread,
}

/// <summary>What sets customers apart from others in one number or share.</summary>
/// <param name="Difference">Theirs minus the others'; NaN when not compared.</param>
/// <param name="Interval">Where the difference lies; null when not compared.</param>
/// <param name="Lift">Theirs over the others'; NaN where one of them is not above 0.</param>
/// <param name="LiftInterval">Where the lift lies; null when there is none.</param>
/// <param name="Statistic">Of the test: t or z; NaN when not compared.</param>
/// <param name="Probability">
/// Of a difference at least as large where there is none (two-sided p-value), in [0, 1]; NaN when not compared.
/// </param>
public readonly record struct Contrast(
    double Difference, Interval? Interval, double Lift, Interval? LiftInterval, double Statistic, double Probability)
{
    /// <summary>Why it is not compared.</summary>
    public NotCompared Reason { get; init; }

    /// <summary>Nothing is said.</summary>
    public static Contrast Not(NotCompared reason) =>
        new(double.NaN, null, double.NaN, null, double.NaN, double.NaN) { Reason = reason };
}
