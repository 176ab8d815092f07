using DToC.Http.Json;
using DToC.Http.Operations;

namespace DToC.Http.Limits;

/// <summary>Counts how often each limit was hit.</summary>
internal sealed class LimitMeters
{
    private static readonly Limit[] All = Enum.GetValues<Limit>();

    private readonly long[] _hits = new long[All.Length];

    /// <summary>A limit was hit.</summary>
    public void Count(Limit limit) => Interlocked.Increment(ref _hits[(int)limit]);

    /// <summary>How often a limit was hit.</summary>
    public long Of(Limit limit) => Volatile.Read(ref _hits[(int)limit]);

    /// <summary>Writes all of it.</summary>
    public void Write(MetricsText text)
    {
        text.Family("dtoc_limited_total", "counter", "How often a limit was hit, by its name.");
        foreach (var limit in All) text.Sample("dtoc_limited_total", Of(limit), ("limit", WireJson.Word(limit)));
    }
}
