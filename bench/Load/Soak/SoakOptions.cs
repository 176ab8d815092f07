namespace DToC.Load.Soak;

/// <summary>How a soak runs.</summary>
/// <param name="Minutes">How long.</param>
/// <param name="EventsPerSecond">Events a second in streams; null for the share of the peak measured first.</param>
/// <param name="Strict">Whether a verdict of not flat, or any error, ends the run with 1.</param>
internal sealed record SoakOptions(double Minutes, double? EventsPerSecond, bool Strict)
{
    /// <summary>Share of the measured peak.</summary>
    public const double ShareOfPeak = 0.8;

    /// <summary>Rows printed at least, so that a short soak has a verdict too.</summary>
    private const int LeastRows = 12;

    /// <summary>Time between two rows.</summary>
    public TimeSpan RowEvery => TimeSpan.FromSeconds(Math.Min(60, Minutes * 60 / LeastRows));
}
