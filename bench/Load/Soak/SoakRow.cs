using System.Globalization;

namespace DToC.Load.Soak;

/// <summary>What was seen in a while of a soak.</summary>
internal sealed record SoakRow
{
    public static readonly string Head =
        "  minute events/s  ack p50/p99 ms  query p50/p99  single p50/p99  decision p50/p99  errors  missing "
        + "  anon MB  heap MB  files MB  logs MB";

    /// <summary>Minutes from the beginning to its end.</summary>
    public required double Minute { get; init; }

    public required double EventsPerSecond { get; init; }

    public required Quantiles Ack { get; init; }

    public required Quantiles Query { get; init; }

    public required Quantiles Single { get; init; }

    public required Quantiles Decision { get; init; }

    /// <summary>Answers that said something went wrong, from the beginning.</summary>
    public required long Errors { get; init; }

    /// <summary>Decisions that should have come and have not, for long.</summary>
    public required int Missing { get; init; }

    public required ServerVitals Vitals { get; init; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Minute,8:0.0} {EventsPerSecond,8:0} {Ack,15} {Query,14} {Single,15} {Decision,17} {Errors,7} {Missing,8} "
        + $"{Vitals.AnonymousMb,9:0} {Vitals.HeapMb,8:0} {Vitals.FilesMb,9:0} {Vitals.LogsMb,8:0}");
}

/// <summary>The middle and the 99th percentile of some times, in milliseconds; 0 when there were none.</summary>
internal readonly record struct Quantiles(double P50, double P99)
{
    public static Quantiles Of(List<double> ms) =>
        ms.Count == 0 ? default : new(Figures.Percentile(ms, 0.5), Figures.Percentile(ms, 0.99));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{P50:0.0}/{P99:0.0}");
}
