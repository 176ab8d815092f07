using System.Text;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>The shop's definitions with segments of every kind, whose times are reached within a schedule.</summary>
internal static class SegmentPlans
{
    private const string Segments = """
        "segments": {
          "buyers": { "purpose": "analytics", "rule": "orders >= 2" },
          "big": { "purpose": "service", "rule": "spend > 100 && largest > 40" },
          "eager": { "purpose": "analytics", "rule": "views > 1.2" },
          "fading": { "purpose": "analytics", "rule": "orders >= 1 && 0.7 > views" },
          "recent": { "purpose": "analytics", "rule": "since < 0.0004" },
          "carts": { "purpose": "analytics", "rule": "stage == 'cart'" },
          "browsing": { "purpose": "analytics", "rule": "stage == 'browsing'" },
          "waiting": { "purpose": "analytics", "rule": "in_stage > 0.0003" },
          "open": { "purpose": "marketing", "rule": "orders >= 1 && response > 0.3" },
          "households": { "purpose": "service", "rule": "attribute.household >= 3" }
        },
        "segmentTickHours": 0.05,
        "valueAtRisk": "spend * response",
        """;

    /// <summary><see cref="CustomerPlans.First"/> with segments.</summary>
    public static TwinPlan First { get; } = Of(CustomerPlans.First, Segments);

    /// <summary>
    /// <see cref="CustomerPlans.Second"/> with segments, of which one has another rule and one is new.
    /// </summary>
    public static TwinPlan Second { get; } = Of(
        CustomerPlans.Second,
        Segments.Replace("orders >= 2", "orders >= 3", StringComparison.Ordinal)
            .Replace(
                "\"carts\"", "\"shipped\": { \"purpose\": \"service\", \"rule\": \"shipping_sum > 0\" },\n\"carts\"",
                StringComparison.Ordinal));

    private static TwinPlan Of(TwinPlan plan, string segments)
    {
        var source = Encoding.UTF8.GetString(plan.Source.Definition.Span);
        return ProbePlans.Known(Encoding.UTF8.GetBytes(
            source.Replace("\"triggers\": {", segments + "\"triggers\": {", StringComparison.Ordinal)));
    }
}
