using DToC.Http.Problems;
using DToC.Twin.Plan;

namespace DToC.Http.Segments;

/// <summary>Finds segments by name.</summary>
internal static class SegmentLookup
{
    private const int MaxListed = 24;

    /// <summary>The segment of a name, or null.</summary>
    public static SegmentPlan? Find(TwinPlan plan, string name) =>
        plan.Segments.FirstOrDefault(segment => segment.Name == name);

    /// <summary>What to say to who names a segment that is not there.</summary>
    public static string NoSuch(TwinPlan plan, string name)
    {
        var names = string.Join(", ", plan.Segments.Take(MaxListed).Select(segment => segment.Name));
        var more = plan.Segments.Count > MaxListed ? ", ..." : "";
        return $"There is no segment '{name}'; there are {(names.Length == 0 ? "none" : names + more)}";
    }

    /// <summary>The answer to who names a segment that is not there.</summary>
    public static ProblemResult NotFound(TwinPlan plan, string name) =>
        new(ProblemKind.NotFound, $"{NoSuch(plan, name)}.");
}
