using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>
/// Time as a customer lives it: hours pass faster when the rhythm of the day, the season or a sale makes
/// customers active. A Poisson process of constant rate in this time is the inhomogeneous one in calendar
/// time (the time-change theorem; E. Çinlar, "Introduction to Stochastic Processes", 1975, ch. 4.7), so draws
/// stay exact.
/// </summary>
internal sealed class IntensityClock
{
    private const double HoursPerWeek = 168;

    private readonly PullForward? _pull;
    private readonly double[] _season;   // of each day of the span, with what shocks it; mean about 1
    private readonly double[] _depth;    // discount of each day
    private readonly int[] _weekday;     // 0 = Monday
    private readonly double[,] _hour;    // [weekday, hour], mean 1
    private readonly double[] _dayTotal; // sum of a weekday's hours

    /// <summary>The time of a profile.</summary>
    /// <param name="profile">What it is made of.</param>
    /// <param name="shocks">A factor for each week of the span.</param>
    /// <param name="flat">Whether hours, days and months are alike.</param>
    public IntensityClock(PopulationProfile profile, ReadOnlySpan<double> shocks, bool flat)
    {
        _pull = profile.PullForward;
        var rhythm = flat ? Rhythm.Flat : profile.Rhythm;
        var seasonMean = rhythm.Months.Average();
        var hourMean = rhythm.Hours.Average() * rhythm.Weekdays.Average();
        _season = new double[profile.Days];
        _depth = new double[profile.Days];
        _weekday = new int[profile.Days];
        for (var day = 0; day < profile.Days; day++)
        {
            var date = profile.Start.AddDays(day);
            _season[day] = rhythm.Months[date.Month - 1] / seasonMean * shocks[day / 7];
            _weekday[day] = ((int)date.DayOfWeek + 6) % 7;
            _depth[day] = DiscountOn(profile.Discounts, date);
        }
        _hour = new double[7, 24];
        _dayTotal = new double[7];
        for (var weekday = 0; weekday < 7; weekday++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                _hour[weekday, hour] = rhythm.Weekdays[weekday] * rhythm.Hours[hour] / hourMean;
                _dayTotal[weekday] += _hour[weekday, hour];
            }
        }
    }

    /// <summary>Discount at <paramref name="ms"/> into the span; 0 outside of it.</summary>
    public double DepthAt(long ms)
    {
        var day = ms / Instant.DayMs;
        return ms >= 0 && day < _depth.Length ? _depth[day] : 0;
    }

    /// <summary>
    /// What discounts do to each day's pace for a customer of a sensitivity s: exp(s x depth), less the share of what
    /// the days before have brought forward; null when nothing.
    /// </summary>
    public double[]? FactorsOf(double sensitivity)
    {
        if (sensitivity == 0) return null;
        var factors = new double[_depth.Length];
        for (var day = 0; day < factors.Length; day++)
            factors[day] = _depth[day] > 0 ? Math.Exp(sensitivity * _depth[day]) : 1;
        if (_pull is not { Share: > 0 } pull) return factors;
        var brought = 0.0;
        var lacking = new double[factors.Length];
        for (var day = 0; day < factors.Length; day++)
        {
            lacking[day] = pull.Share * brought / pull.Days;
            brought += factors[day] - 1;
            if (day >= pull.Days) brought -= factors[day - pull.Days] - 1;
        }
        for (var day = 0; day < factors.Length; day++) factors[day] = Math.Max(0, factors[day] - lacking[day]);
        return factors;
    }

    /// <summary>Lived weeks in each day of the span.</summary>
    public double[] Weeks(double sensitivity)
    {
        var weeks = FactorsOf(sensitivity) ?? [.. Enumerable.Repeat(1.0, _season.Length)];
        for (var day = 0; day < weeks.Length; day++)
            weeks[day] *= _season[day] / HoursPerWeek * _dayTotal[_weekday[day]];
        return weeks;
    }

    /// <summary>
    /// The moment at which <paramref name="weeks"/> of lived time have passed since
    /// <paramref name="fromMs"/>, both in milliseconds into the span; -1 when the span ends before.
    /// </summary>
    /// <param name="factors">Of the customer, by <see cref="FactorsOf"/>.</param>
    public long Advance(long fromMs, double weeks, double[]? factors)
    {
        var day = (int)(fromMs / Instant.DayMs);
        var withinDay = fromMs % Instant.DayMs;
        for (; day < _season.Length; day++, withinDay = 0)
        {
            var scale = _season[day] / HoursPerWeek;
            if (factors is not null)
                scale *= factors[day];
            var whole = scale * _dayTotal[_weekday[day]];
            if (withinDay == 0 && weeks > whole)
            {
                weeks -= whole;
                continue;
            }
            var reached = AdvanceWithinDay(day, withinDay, scale, ref weeks);
            if (reached >= 0)
                return reached;
        }
        return -1;
    }

    private long AdvanceWithinDay(int day, long withinDay, double scale, ref double weeks)
    {
        for (var hour = (int)(withinDay / Instant.HourMs); hour < 24; hour++)
        {
            var from = Math.Max(withinDay, hour * Instant.HourMs);
            var left = (hour + 1) * Instant.HourMs - from;
            var pace = scale * _hour[_weekday[day], hour] / Instant.HourMs; // lived weeks a millisecond
            if (pace > 0 && weeks <= pace * left)
                return day * Instant.DayMs + from + Math.Min(left - 1, (long)(weeks / pace));
            weeks -= pace * left;
        }
        return -1;
    }

    private static double DiscountOn(IReadOnlyList<DiscountPeriod> periods, DateTimeOffset date)
    {
        var key = date.ToString("MM-dd");
        var depth = 0.0;
        foreach (var period in periods)
        {
            if (string.CompareOrdinal(key, period.From) >= 0 && string.CompareOrdinal(key, period.To) <= 0)
                depth = Math.Max(depth, period.Depth);
        }
        return depth;
    }
}
