using DToC.Twin.Plan;

namespace DToC.Twin.Segments;

/// <summary>What is known of a set of customers, as read: nothing changes it any more.</summary>
public sealed class SegmentTally
{
    private readonly MeasureTally[] _measures;
    private readonly bool[] _isWithheld;
    private readonly BucketCounts _sketches = new();
    private readonly long[] _stages;
    private readonly FlowTally _flows = new();
    private readonly int _purpose;
    private readonly ulong _stageCategories;

    internal SegmentTally(TwinPlan plan, int purpose)
    {
        (Plan, Purpose) = (plan, purpose);
        _purpose = Array.IndexOf(plan.Segmentation.Purposes, purpose);
        if (_purpose < 0) throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "No segment serves it.");
        _measures = [.. plan.Segmentation.Measures.Select((measure, i) => new MeasureTally(measure, i, _sketches))];
        _isWithheld = new bool[_measures.Length];
        _stages = new long[plan.Segmentation.Stages + 1];
        _stageCategories = plan.Vector.TextCategories[VectorPlan.StageText];
    }

    /// <summary>The definition it is of.</summary>
    public TwinPlan Plan { get; }

    /// <summary>Slot of the purpose that all in it may serve.</summary>
    public int Purpose { get; }

    /// <summary>Customers.</summary>
    public long Size { get; private set; }

    /// <summary>What they contribute, in the order of <see cref="SegmentationPlan.Measures"/>.</summary>
    public IReadOnlyList<MeasureTally> Measures => _measures;

    /// <summary>By journey stage: customers that are there.</summary>
    public IReadOnlyList<long> Stages => _stages[1..];

    /// <summary>Customers whose journey stage is not known or may not serve the purpose.</summary>
    public long StageUnknown => _stages[0];

    /// <summary>
    /// How those who are in it now have moved between journey stages, by stage left, then stage entered.
    /// </summary>
    public IReadOnlyList<StageFlow> Flows => _flows.All;

    /// <summary>Value at risk; null where the definition does not say what it is.</summary>
    public MeasureTally? ValueAtRisk => At(Plan.Segmentation.ValueAtRiskAt);

    /// <summary>The score of satisfaction; null where no model gives one.</summary>
    public MeasureTally? Satisfaction => At(Plan.Segmentation.SatisfactionAt);

    /// <summary>Satisfaction against what it was of late (<see cref="SatisfactionTrend"/>); null likewise.</summary>
    public MeasureTally? Trend => At(Plan.Segmentation.TrendAt);

    internal void Add(AtomTally atom)
    {
        Size += atom.Size;
        var lawful = atom.Lawful[_purpose];
        for (var i = 0; i < _measures.Length; i++)
        {
            _isWithheld[i] = (_measures[i].Plan.Categories & ~lawful) != 0;
            _measures[i].Add(atom, _isWithheld[i]);
        }
        _sketches.Add(atom.Buckets, _isWithheld);
        if ((_stageCategories & ~lawful) != 0)
        {
            _stages[0] += atom.Size;
            return;
        }
        for (var i = 0; i < _stages.Length; i++) _stages[i] += atom.Stages[i];
        _flows.Add(atom.Flows);
    }

    private MeasureTally? At(int measure) => measure < 0 ? null : _measures[measure];
}
