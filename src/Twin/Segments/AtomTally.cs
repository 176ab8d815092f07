using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>
/// The tally of all customers that are in the same segments and under the same consents. These are the atoms of all
/// sets that can be made of segments: a segment, a union, a difference is a sum of atoms, and a customer stands in one
/// alone, however many segments it is in.
/// </summary>
internal sealed class AtomTally
{
    private readonly SegmentationPlan _plan;
    private readonly SegmentMask _members;

    public AtomTally(SegmentationPlan plan, byte[] key)
    {
        (_plan, Key) = (plan, key);
        Lawful = new ulong[plan.Purposes.Length];
        var reader = new BinaryFormReader(key);
        SegmentForm.ReadKey(ref reader, plan, out _members, Lawful);
        Counts = new long[plan.Measures.Length];
        Sums = new Int128[plan.Measures.Length];
        Squares = new Int128[plan.Measures.Length];
        Stages = new long[plan.Stages + 1];
    }

    /// <summary>What customers have in common here, in its stored form.</summary>
    public byte[] Key { get; }

    /// <summary>Segments that all here are in.</summary>
    public SegmentMask Members => _members;

    /// <summary>By purpose of segments: data categories that all here let serve it.</summary>
    public ulong[] Lawful { get; }

    /// <summary>Customers.</summary>
    public long Size { get; private set; }

    /// <summary>By measure: customers with a value.</summary>
    public long[] Counts { get; }

    /// <summary>By measure: the sum, in units of the measure.</summary>
    public Int128[] Sums { get; }

    /// <summary>By measure: the sum of squares.</summary>
    public Int128[] Squares { get; }

    /// <summary>Sketches of the measures.</summary>
    public BucketCounts Buckets { get; } = new();

    /// <summary>By journey stage, the unknown one first: customers there now.</summary>
    public long[] Stages { get; }

    /// <summary>Moves between journey stages.</summary>
    public FlowTally Flows { get; } = new();

    /// <summary>A customer comes or goes.</summary>
    /// <param name="share">What it contributes.</param>
    /// <param name="sign">1 or -1.</param>
    public void Add(SegmentShare share, int sign)
    {
        Size += sign;
        var reader = new BinaryFormReader(share.Values);
        Stages[reader.Count(_plan.Stages)] += sign;
        for (var i = 0; i < Counts.Length; i++)
        {
            var value = reader.Signed();
            if (value != MeasurePlan.Missing) Add(i, value, sign);
        }
        reader.End();
    }

    /// <summary>A customer stays, and contributes something else.</summary>
    public void Change(SegmentShare before, SegmentShare after)
    {
        var old = new BinaryFormReader(before.Values);
        var next = new BinaryFormReader(after.Values);
        Stages[old.Count(_plan.Stages)]--;
        Stages[next.Count(_plan.Stages)]++;
        for (var i = old.SkipSame(ref next); i < Counts.Length; i += 1 + old.SkipSame(ref next))
        {
            var (was, value) = (old.Signed(), next.Signed());
            if (was == value) continue;
            if (was == MeasurePlan.Missing) Add(i, value, 1);
            else if (value == MeasurePlan.Missing) Add(i, was, -1);
            else Replace(i, was, value);
        }
        next.End();
    }

    /// <summary>Adds all of another atom of the same key.</summary>
    public void Add(AtomTally other)
    {
        Size += other.Size;
        for (var i = 0; i < Counts.Length; i++)
        {
            Counts[i] += other.Counts[i];
            Sums[i] += other.Sums[i];
            Squares[i] += other.Squares[i];
        }
        for (var i = 0; i < Stages.Length; i++) Stages[i] += other.Stages[i];
        Buckets.Add(other.Buckets);
        Flows.Add(other.Flows);
    }

    private void Add(int measure, long value, int sign)
    {
        Counts[measure] += sign;
        Sums[measure] += sign * value;
        Squares[measure] += sign * Product(value, value);
        Buckets.Add(measure, QuantileSketch.BucketOf(value), sign);
    }

    private void Replace(int measure, long was, long value)
    {
        Sums[measure] += value - was;
        Squares[measure] += Product(value - was, value + was);
        var (left, entered) = (QuantileSketch.BucketOf(was), QuantileSketch.BucketOf(value));
        if (left == entered) return;
        Buckets.Add(measure, left, -1);
        Buckets.Add(measure, entered, 1);
    }

    // Most are short enough for the processor's own multiplication.
    private static Int128 Product(long a, long b) =>
        (int)a == a && (int)b == b ? a * b : (Int128)a * b;
}
