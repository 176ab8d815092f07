using System.Globalization;

namespace DToC.Load;

/// <summary>What a figure is to reach.</summary>
/// <param name="Figure">Its name.</param>
/// <param name="Value">The least, or the most.</param>
/// <param name="IsMost">Whether less is better.</param>
internal sealed record Target(string Figure, double Value, bool IsMost)
{
    /// <summary>All targets; docs/benchmarks.md says how each figure is measured.</summary>
    public static readonly Target[] All =
    [
        AtLeast("embedded_to_sqlite_limit", 0.6),
        AtLeast("encrypted_to_embedded", 0.7),
        AtLeast("identified_to_embedded", 0.9),
        AtMost("segments_cost", 0.15),
        AtMost("event_to_membership_p99_ms", 50),
        AtLeast("http_to_embedded", 0.6),
        AtLeast("http_single_to_kestrel_limit", 0.4),
        AtMost("ack_p99_ms", 20),
        AtMost("query_p99_ms", 5),
        AtMost("event_to_decision_p99_ms", 20),
        AtMost("bytes_per_resident_twin", 2_048),
        AtMost("restart_s", 3),
        AtLeast("embedded_large_to_small", 0.7),
        AtMost("fold_score_decide_ns", 5_000),
        AtMost("fold_score_decide_bytes", 0),
        AtLeast("batch_1_to_postgres", 2.5),
        AtLeast("batch_1_to_redis_always", 1),
        AtLeast("batch_1000_to_postgres", 1),
        AtLeast("batch_1000_to_redis_always", 1),
    ];

    /// <summary>The target as people read it.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{(IsMost ? "<=" : ">=")} {Value:0.##}");

    public bool IsMet(double measured) => IsMost ? measured <= Value : measured >= Value;

    private static Target AtLeast(string figure, double value) => new(figure, value, IsMost: false);

    private static Target AtMost(string figure, double value) => new(figure, value, IsMost: true);
}
