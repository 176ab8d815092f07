using System.Numerics;

namespace DToC.Twin.Segments.Differences;

/// <summary>What is compared of a group of customers.</summary>
/// <param name="Size">Customers.</param>
/// <param name="Measures">By measure: its moments over those who have it.</param>
/// <param name="Stages">By journey stage: customers there.</param>
/// <param name="StageKnown">Customers whose stage is known and may be used.</param>
public sealed record GroupFigures(
    long Size, IReadOnlyList<Moments> Measures, IReadOnlyList<long> Stages, long StageKnown)
{
    /// <summary>Of a tally.</summary>
    public static GroupFigures Of(SegmentTally tally)
    {
        ArgumentNullException.ThrowIfNull(tally);
        return new GroupFigures(
            tally.Size,
            [
                .. tally.Measures.Select(m => Moments.Of(
                    m.Count, (BigInteger)m.SumOfUnits, (BigInteger)m.SquaresOfUnits, m.Plan.PerUnit)),
            ],
            tally.Stages, tally.Size - tally.StageUnknown);
    }

    /// <summary>Of those of a tally who are not in a part of it. Exact, as the sums of both are.</summary>
    /// <param name="all">All of them.</param>
    /// <param name="part">Some of them; of the same plan and purpose.</param>
    public static GroupFigures Rest(SegmentTally all, SegmentTally part)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(part);
        return new GroupFigures(
            all.Size - part.Size,
            [
                .. all.Measures.Zip(part.Measures, static (a, p) => Moments.Of(
                    a.Count - p.Count, (BigInteger)a.SumOfUnits - (BigInteger)p.SumOfUnits,
                    (BigInteger)a.SquaresOfUnits - (BigInteger)p.SquaresOfUnits, a.Plan.PerUnit)),
            ],
            [.. all.Stages.Zip(part.Stages, static (a, p) => a - p)],
            all.Size - all.StageUnknown - (part.Size - part.StageUnknown));
    }
}
