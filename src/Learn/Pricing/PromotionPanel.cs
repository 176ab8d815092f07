namespace DToC.Learn.Pricing;

/// <summary>
/// Weeks by cohorts: what a promotion's effect is fitted to. A cohort are those who came in one week; of it, weeks
/// behind that are looked at, and of all, weeks of which also those before are known.
/// </summary>
internal sealed class PromotionPanel
{
    /// <summary>Weeks behind a promotion that may lack purchases.</summary>
    public const int PullWeeks = 4;

    /// <summary>Most weeks that are looked at; of a longer past, the last ones.</summary>
    public const int MaxWeeks = 260;

    /// <summary>Weeks whose season can be told from trend.</summary>
    private const int YearWeeks = 52;

    private readonly double[][] _counts;
    private readonly int[] _came;
    private readonly double[] _depths;

    /// <summary>The panel of a history; its first and last week, which need not be whole, are left out.</summary>
    public PromotionPanel(PromotionHistory history)
    {
        var weeks = history.Values.Keys.Select(PromotionHistory.WeekOf).ToList();
        var last = weeks.Count == 0 ? 0 : weeks.Max() - 1;
        var first = weeks.Count == 0 ? 1 : Math.Max(weeks.Min() + 1, last + 1 - MaxWeeks - PullWeeks);
        Weeks = Math.Max(0, last - first + 1);
        _depths = DepthsOf(history, first, Weeks);
        _came = [.. history.ByWeek.Keys.Select(key => key.Came).Where(came => came < last).Distinct().Order()];
        _counts = [.. _came.Select(_ => new double[Weeks])];
        var place = _came.Select((came, at) => (came, at)).ToDictionary(pair => pair.came, pair => pair.at);
        foreach (var ((came, week), count) in history.ByWeek)
        {
            if (week >= first && week <= last) _counts[place[came]][week - first] = count;
        }
        for (var i = 0; i < _came.Length; i++) _came[i] -= first;
        Season = SeasonOf(Math.Max(0, Weeks - PullWeeks));
    }

    /// <summary>Weeks of which depths are known; the first <see cref="PullWeeks"/> only serve those behind.</summary>
    public int Weeks { get; }

    /// <summary>How many cohorts there are.</summary>
    public int Cohorts => _came.Length;

    /// <summary>Share taken off prices, by day from the beginning of the weeks.</summary>
    public ReadOnlySpan<double> Depths => _depths;

    /// <summary>Trend and season of each week that is looked at: as many values a week as there are of them.</summary>
    public double[][] Season { get; }

    /// <summary>Purchases of a cohort by week.</summary>
    public ReadOnlySpan<double> Counts(int cohort) => _counts[cohort];

    /// <summary>The first week in which a cohort is looked at.</summary>
    public int FirstOf(int cohort) => Math.Max(PullWeeks, _came[cohort] + 1);

    /// <summary>Logarithm of the weeks since a cohort came, its own counted.</summary>
    public double LogAge(int cohort, int week) => Math.Log(1 + week - _came[cohort]);

    /// <summary>Mean share taken off in a week.</summary>
    public double DepthOf(int week) => _depths.AsSpan(7 * week, 7).ToArray().Average();

    // A day on which nobody bought is like the one before: a promotion does not end for want of a buyer.
    private static double[] DepthsOf(PromotionHistory history, int firstWeek, int weeks)
    {
        var depths = new double[7 * weeks];
        var last = 0.0;
        for (var i = 0; i < depths.Length; i++)
        {
            // Day 4 of 1970 was the Monday that week 1 begins with.
            var (paid, takenOff) = history.Values.GetValueOrDefault(7 * firstWeek - 3 + i);
            if (paid + takenOff > 0) last = takenOff / (paid + takenOff);
            depths[i] = last;
        }
        return depths;
    }

    // A line and, of a year or more, two waves a year (A. Harvey, "Forecasting, Structural Time Series Models and the
    // Kalman Filter", 1989, section 2.3.4), of which more could follow a promotion that comes each year.
    private static double[][] SeasonOf(int weeks) =>
    [
        .. Enumerable.Range(0, weeks).Select(week =>
        {
            var trend = (week - (weeks - 1) / 2.0) / YearWeeks;
            var angle = 2 * Math.PI * week / (365.25 / 7);
            return weeks < YearWeeks
                ? [trend]
                : new[] { trend, Math.Sin(angle), Math.Cos(angle), Math.Sin(2 * angle), Math.Cos(2 * angle) };
        }),
    ];
}
