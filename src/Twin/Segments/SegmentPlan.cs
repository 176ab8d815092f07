using DToC.Twin.Rules;

namespace DToC.Twin.Segments;

/// <summary>A segment, compiled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Purpose">Slot of the purpose it serves.</param>
/// <param name="Categories">Data categories its rule rests on, a bit each.</param>
/// <param name="Rule">Holds for its members.</param>
/// <param name="Timing">What the passing of time does to it.</param>
public sealed record SegmentPlan(string Name, int Purpose, ulong Categories, Expression Rule, RuleTiming Timing);

/// <summary>What segments tally of their members, compiled.</summary>
public sealed class SegmentationPlan
{
    /// <summary>Segments by slot.</summary>
    public required IReadOnlyList<SegmentPlan> Segments { get; init; }

    /// <summary>What each member contributes, by slot.</summary>
    public required MeasurePlan[] Measures { get; init; }

    /// <summary>Slots of the purposes that segments serve, each once, ascending.</summary>
    public required int[] Purposes { get; init; }

    /// <summary>Data categories that measures rest on, a bit each.</summary>
    public required ulong Categories { get; init; }

    /// <summary>Value at risk; null where the definition does not say what it is.</summary>
    public required Expression? ValueAtRisk { get; init; }

    /// <summary>Slot of <see cref="ValueAtRisk"/> among the measures, or -1.</summary>
    public required int ValueAtRiskAt { get; init; }

    /// <summary>Slot of the score of satisfaction among the measures, or -1.</summary>
    public required int SatisfactionAt { get; init; }

    /// <summary>Slot of the trend of satisfaction among the measures, or -1.</summary>
    public required int TrendAt { get; init; }

    /// <summary>
    /// Rules that time moves and whose moment cannot be computed are looked at again so often, in ms.
    /// </summary>
    public required long TickMs { get; init; }

    /// <summary>Journey stages.</summary>
    public required int Stages { get; init; }

    /// <summary>Whether a feature or score depends on which trigger is decided for.</summary>
    public required bool ReadsTrigger { get; init; }

    /// <summary>Whether there is a segment: else nothing is tallied.</summary>
    public bool IsAny => Segments.Count > 0;

    /// <summary>Slot of the segment of a name, or -1.</summary>
    public int Find(string name)
    {
        for (var i = 0; i < Segments.Count; i++)
        {
            if (Segments[i].Name == name) return i;
        }
        return -1;
    }

    /// <summary>Slot of the measure of a name, or -1.</summary>
    public int FindMeasure(string name) => Array.FindIndex(Measures, measure => measure.Name == name);
}
