namespace DToC.Twin.Models;

/// <summary>A credible interval: the value lies in [Low, High] with a probability.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end, at least <paramref name="Low"/>.</param>
/// <param name="Level">The probability, in (0, 1).</param>
public readonly record struct Interval(double Low, double High, double Level)
{
    /// <summary>
    /// The shortest interval that holds a share of draws (the highest-density interval of a posterior with one peak:
    /// Chen and Shao, "Monte Carlo Estimation of Bayesian Credible and HPD Intervals", 1999). Sorts the draws.
    /// </summary>
    /// <param name="draws">At least one; none is NaN.</param>
    /// <param name="level">The share, in (0, 1).</param>
    public static Interval Shortest(Span<double> draws, double level)
    {
        if (draws.IsEmpty) throw new ArgumentException("No draws to take an interval of.", nameof(draws));
        if (level is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "A level lies between 0 and 1.");
        draws.Sort();
        var held = Math.Min(draws.Length, (int)Math.Ceiling(level * draws.Length));
        var best = 0;
        for (var from = 1; from + held <= draws.Length; from++)
        {
            if (draws[from + held - 1] - draws[from] < draws[best + held - 1] - draws[best]) best = from;
        }
        return new Interval(draws[best], draws[best + held - 1], level);
    }

    /// <summary>
    /// The interval stretched to a value. Where most of what is believed lies at one end (a customer who has most
    /// likely left), the mean may lie outside of the shortest interval; shown together they would contradict.
    /// </summary>
    public Interval Including(double value) =>
        this with { Low = Math.Min(Low, value), High = Math.Max(High, value) };
}
