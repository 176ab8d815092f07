using System.Numerics;

namespace DToC.Twin.Segments;

/// <summary>The values of a measure over a set of customers.</summary>
public sealed class MeasureTally
{
    private readonly BucketCounts _sketches;
    private readonly int _slot;

    internal MeasureTally(MeasurePlan plan, int slot, BucketCounts sketches) =>
        (Plan, _slot, _sketches) = (plan, slot, sketches);

    /// <summary>What it is of.</summary>
    public MeasurePlan Plan { get; }

    /// <summary>Customers with a value.</summary>
    public long Count { get; private set; }

    /// <summary>Customers of whom it cannot be said.</summary>
    public long Missing { get; private set; }

    /// <summary>Customers whose data may not serve the purpose.</summary>
    public long Withheld { get; private set; }

    /// <summary>Exact sum, in units of 1 / <see cref="MeasurePlan.PerUnit"/>.</summary>
    public Int128 SumOfUnits { get; private set; }

    /// <summary>Exact sum of squares, in squares of such units.</summary>
    public Int128 SquaresOfUnits { get; private set; }

    /// <summary>The sum.</summary>
    public double Sum => (double)SumOfUnits / Plan.PerUnit;

    /// <summary>The mean; NaN of nobody.</summary>
    public double Mean => Count == 0 ? double.NaN : Sum / Count;

    /// <summary>The variance over those with a value, with their number less one; NaN of fewer than two.</summary>
    public double Variance => Count < 2
        ? double.NaN
        // Exact up to here: n times the squares less the square of the sum does not lose what the two have in common.
        : (double)((BigInteger)Count * SquaresOfUnits - (BigInteger)SumOfUnits * SumOfUnits)
            / Count / (Count - 1) / Plan.PerUnit / Plan.PerUnit;

    /// <summary>
    /// The q-quantile, off by at most <see cref="QuantileSketch.RelativeError"/> of itself; NaN of nobody.
    /// </summary>
    /// <param name="q">In [0, 1].</param>
    public double Quantile(double q) => QuantileSketch.Quantile(Buckets(), q) / Plan.PerUnit;

    /// <summary>How many values lie in each bucket (<see cref="QuantileSketch.ValueOf"/>) that is not empty.</summary>
    public IReadOnlyList<(double Value, long Count)> Histogram()
    {
        var buckets = Buckets();
        List<(double, long)> histogram = [];
        for (var i = 0; i < buckets.Length; i++)
        {
            if (buckets[i] != 0) histogram.Add((QuantileSketch.ValueOf(i) / Plan.PerUnit, buckets[i]));
        }
        return histogram;
    }

    internal void Add(AtomTally atom, bool isWithheld)
    {
        if (isWithheld)
        {
            Withheld += atom.Size;
            return;
        }
        Count += atom.Counts[_slot];
        Missing += atom.Size - atom.Counts[_slot];
        SumOfUnits += atom.Sums[_slot];
        SquaresOfUnits += atom.Squares[_slot];
    }

    private long[] Buckets()
    {
        var buckets = new long[QuantileSketch.Buckets];
        _sketches.AddTo(_slot, buckets);
        return buckets;
    }
}
