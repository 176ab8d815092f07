using DToC.Twin.Plan;

namespace DToC.Twin.Features;

/// <summary>
/// The two dense vectors that rules and models read: numbers (features, scores, time, attributes; NaN is missing) and
/// texts (hashes; 0 is missing). Scratch of one caller at a time, refilled without allocating.
/// </summary>
public sealed class Vectors(TwinPlan plan)
{
    /// <summary>The plan whose slots these have.</summary>
    public TwinPlan Plan { get; } = plan;

    /// <summary>Numbers by slot; see <see cref="VectorPlan"/>.</summary>
    public double[] Numbers { get; } = new double[plan.Vector.Numbers];

    /// <summary>Hashes of texts by slot.</summary>
    public ulong[] Texts { get; } = new ulong[plan.Vector.Texts];

    /// <summary>Lawful data categories by purpose.</summary>
    public ulong[] Lawful { get; } = new ulong[plan.Consent.Purposes.Count];

    /// <summary>Data categories that no purpose may use now: what rests on one is missing.</summary>
    public ulong Unusable { get; internal set; }

    /// <summary>
    /// Data categories of which something may be there that is not to be used. The journey's stage and the remembered
    /// context do not tell which of the categories they come from, so none of those may be among these.
    /// </summary>
    internal ulong Withheld { get; set; }

    /// <summary>Whether the journey's stage may be used.</summary>
    public bool HasStage => (Withheld & Plan.Vector.TextCategories[VectorPlan.StageText]) == 0;

    /// <summary>Whether the remembered context may be used.</summary>
    public bool HasContext => (Withheld & Plan.Vector.EventCategories) == 0;

    /// <summary>Decay factors by half-life, as of the moment read.</summary>
    internal double[] DecayFactors { get; } = new double[plan.Fold.HalfLivesMs.Length];

    /// <summary>Scores, in the order of models.</summary>
    public Span<double> Scores => Numbers.AsSpan(Plan.Vector.FirstScore, Plan.Models.Length);
}
