using DToC.Http.Problems;
using DToC.Twin.Plan;
using DToC.Twin.Segments;

namespace DToC.Http.Segments;

/// <summary>Finds segments by name.</summary>
internal static class SegmentLookup
{
    /// <summary>Stands for all customers where no segment has this name.</summary>
    public const string Everybody = "everybody";

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

    /// <summary>What to say to who names a purpose that no segment serves, or none where there are several.</summary>
    public static string NoSuchPurpose(TwinPlan plan, string? purpose)
    {
        var purposes = plan.Segmentation.Purposes.Select(slot => plan.Consent.Purposes[slot]).ToList();
        var known = purposes.Count == 0
            ? "the definition has no segment; make one first, with POST /v1/segments"
            : $"customers are tallied for the purposes of segments, which are {string.Join(", ", purposes)}";
        return purpose is null ? $"Name a purpose: {known}." : $"No segment serves the purpose '{purpose}': {known}.";
    }
}
