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

    private const int Months = 12;
    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

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
        Season = SeasonOf(first + PullWeeks, Math.Max(0, Weeks - PullWeeks));
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
            var (paid, takenOff) = history.Values.GetValueOrDefault(MondayOf(firstWeek) + i);
            if (paid + takenOff > 0) last = takenOff / (paid + takenOff);
            depths[i] = last;
        }
        return depths;
    }

    // A line and, of a year or more, what each month is beside January, by the share of a week's days that lie in it
    // (dummy-variable seasonality: A. Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", 1989,
    // section 2.3.4). Waves would be fewer numbers, but months begin and end at once: December, summer holidays, sales.
    private static double[][] SeasonOf(int firstWeek, int weeks) =>
    [
        .. Enumerable.Range(0, weeks).Select(week =>
        {
            var row = new double[weeks < YearWeeks ? 1 : Months];
            row[0] = (week - (weeks - 1) / 2.0) / YearWeeks;
            for (var day = 0; day < 7 && weeks >= YearWeeks; day++)
            {
                var month = DateOnly.FromDayNumber(EpochDay + MondayOf(firstWeek + week) + day).Month;
                if (month > 1) row[month - 1] += 1.0 / 7;
            }
            return row;
        }),
    ];

    // Days from 1970-01-01 to the Monday a week begins with.
    private static int MondayOf(int week) => 7 * week - 3;
}
