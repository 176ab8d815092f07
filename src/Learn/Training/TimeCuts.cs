using DToC.Twin;

namespace DToC.Learn.Training;

/// <summary>
/// The moments forecasts are made as of. Each has a whole horizon behind it before the next later one, so that what a
/// model is graded on, calibrated on and fitted on lie one after the other in time and never overlap.
/// </summary>
/// <param name="Fit">Moments to fit on, ascending; at least one.</param>
/// <param name="Calibrate">The moment to calibrate on; null when there is not enough past for one.</param>
/// <param name="Grade">The moment to grade on; null when nothing is to be held back.</param>
public sealed record TimeCuts(IReadOnlyList<Instant> Fit, Instant? Calibrate, Instant? Grade)
{
    /// <summary>Most moments to fit on.</summary>
    public const int MostFit = 4;

    /// <summary>All of them, ascending.</summary>
    public IEnumerable<Instant> All
    {
        get
        {
            IEnumerable<Instant?> later = [Calibrate, Grade];
            return Fit.Concat(later.OfType<Instant>());
        }
    }

    /// <summary>Places the moments; null when the past is too short for a single forecast that came true.</summary>
    /// <param name="first">When the past begins.</param>
    /// <param name="until">When it ends: nothing later is read.</param>
    /// <param name="horizonMs">How far ahead is forecast, in ms; above 0.</param>
    /// <param name="isGraded">Whether the last moment is held back to grade on.</param>
    /// <param name="isCalibrated">Whether a moment is kept to calibrate on, where there is more than one.</param>
    public static TimeCuts? Of(
        Instant first, Instant until, long horizonMs, bool isGraded, bool isCalibrated = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizonMs);
        // As long a past as the horizon comes before the first forecast: a twin of an hour knows nothing.
        var all = new List<Instant>();
        for (var n = 1; n <= MostFit + 2; n++)
        {
            var at = until.PlusMs(-n * horizonMs);
            if (at < first.PlusMs(horizonMs)) break;
            all.Insert(0, at);
        }
        Instant? grade = isGraded && all.Count > 1 ? Take(all) : null;
        if (all.Count == 0 || (isGraded && grade is null)) return null;
        Instant? calibrate = isCalibrated && all.Count > 1 ? Take(all) : null;
        return new TimeCuts([.. all.TakeLast(MostFit)], calibrate, grade);
    }

    private static Instant Take(List<Instant> all)
    {
        var last = all[^1];
        all.RemoveAt(all.Count - 1);
        return last;
    }
}
