using System.Buffers;
using DToC.Grains;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Http.Cohorts;

/// <summary>
/// Tallies the members of a cohort as segments are tallied: each contributes what its committed state says it does.
/// </summary>
internal sealed class CohortTally
{
    private readonly TwinPlan _plan;
    private readonly int _purpose;
    private readonly Instant _now;
    private readonly SegmentTallies _tallies;
    private readonly CohortLawfulness _lawfulness;
    private readonly Vectors _vectors;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _stored = new(2_048);

    private CohortTally(TwinPlan plan, int purpose, CohortHeader header, Instant now)
    {
        (_plan, _purpose, _now) = (plan, purpose, now);
        _tallies = new SegmentTallies(plan);
        _lawfulness = new CohortLawfulness(plan, header, now);
        _vectors = new Vectors(plan);
    }

    /// <summary>Customers that were added, each once.</summary>
    public long Size => _seen.Count;

    /// <summary>Of those, whose choice has no legal basis any more.</summary>
    public long Withheld { get; private set; }

    /// <summary>A tally of nobody; null where nothing is tallied for the cohort's purpose.</summary>
    public static CohortTally? Begin(TwinPlan plan, CohortHeader header, Instant now)
    {
        foreach (var purpose in plan.Segmentation.Purposes)
        {
            if (plan.Consent.Purposes[purpose] == header.Purpose) return new CohortTally(plan, purpose, header, now);
        }
        return null;
    }

    /// <summary>
    /// Adds a customer, unless it was added under another id; false where the definition was changed meanwhile.
    /// </summary>
    public bool TryAdd(FoundTwin found)
    {
        if (found.Activation.Twin.Plan != _plan) return false;
        if (!_seen.Add(found.Customer)) return true;
        if (!_lawfulness.Holds(found.Activation.Twin))
        {
            Withheld++;
            return true;
        }
        var share = CustomerCodec.ShareOf(found.Stored.Bytes.Span);
        if (share.PlanHash == _plan.Hash && share.IsCounted) _tallies.Apply(found.Customer, default, share);
        else _tallies.Apply(found.Customer, default, Evaluated(found.Activation));
        return true;
    }

    /// <summary>What was counted.</summary>
    public SegmentTally Read() => _tallies.OfEverybody(_purpose);

    /// <summary>Some of those that were counted.</summary>
    public IReadOnlyList<string> Sample() => _tallies.SampleOfEverybody();

    // Of a customer who has had no turn since the definition changed.
    private SegmentShare Evaluated(CustomerActivation customer)
    {
        FeatureReader.Fill(_vectors, customer.Twin, _now);
        Scorer.ScoreAll(_vectors);
        SegmentEvaluation.Evaluate(customer.Segments, customer.Twin, _vectors, _now);
        _stored.ResetWrittenCount();
        CustomerCodec.Write(customer, _stored);
        return CustomerCodec.ShareOf(_stored.WrittenSpan);
    }
}

/// <summary>Whether what a cohort was chosen by may still be used of a customer.</summary>
internal sealed class CohortLawfulness
{
    private readonly TwinPlan _plan;
    private readonly Instant _now;
    private readonly int _purpose;
    private readonly ulong _categories;
    private readonly bool _isKnown;

    /// <summary>Of a cohort; what its definition had and the present one has no more has no basis.</summary>
    public CohortLawfulness(TwinPlan plan, CohortHeader header, Instant now)
    {
        (_plan, _now) = (plan, now);
        _purpose = plan.Consent.Purposes.ToList().IndexOf(header.Purpose);
        _isKnown = _purpose >= 0;
        foreach (var name in header.Categories)
        {
            var category = plan.Consent.FindCategory(name);
            if (category < 0) _isKnown = false;
            else _categories |= 1UL << category;
        }
    }

    /// <summary>Whether all of it may be used of a customer now.</summary>
    public bool Holds(CustomerState state) =>
        _isKnown && state.Plan == _plan && (_categories & ~ConsentGate.Lawful(state, _purpose, _now)) == 0;
}
