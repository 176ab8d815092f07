using DToC.Twin.Models;

namespace DToC.Coverage;

/// <summary>How often intervals of <see cref="Level"/> held what they were of.</summary>
/// <param name="Held">Intervals that held the truth.</param>
/// <param name="Count">Intervals.</param>
internal readonly record struct CoverageShare(int Held, int Count)
{
    /// <summary>Level of the intervals.</summary>
    public const double Level = 0.9;

    /// <summary>The share that held.</summary>
    public double Share => (double)Held / Count;

    /// <summary>Whether one interval held its truth.</summary>
    public static CoverageShare Of(Interval interval, double truth) =>
        Of(interval.Low <= truth && truth <= interval.High);

    /// <summary>Whether one held.</summary>
    public static CoverageShare Of(bool isHeld) => new(isHeld ? 1 : 0, 1);

    /// <summary>How often the intervals that a model gives customers held their truths.</summary>
    /// <exception cref="InvalidOperationException">It gives a customer none.</exception>
    public static CoverageShare Of(PredictiveModel model, IEnumerable<(double[] Inputs, double Truth)> customers)
    {
        var sum = default(CoverageShare);
        foreach (var (inputs, truth) in customers)
        {
            var interval = model.IntervalOf(inputs, Level)
                ?? throw new InvalidOperationException("A customer has no interval.");
            sum += Of(interval, truth);
        }
        return sum;
    }

    /// <summary>Both together.</summary>
    public static CoverageShare operator +(CoverageShare one, CoverageShare other) =>
        new(one.Held + other.Held, one.Count + other.Count);
}
