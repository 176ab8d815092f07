using DToC.Twin.Simulation;
using Units = DToC.Twin.Simulation.Measures;

namespace DToC.Learn.Simulating;

/// <summary>A quantity of a result: how it is taken from the sums of a world.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Scale">What one of its whole units is worth: 0.01 for cents.</param>
/// <param name="IsWeekly">Whether it is told week by week, too.</param>
/// <param name="Always">Whether it is told where it is 0 throughout.</param>
/// <param name="Total">Its value over all weeks of a scenario.</param>
/// <param name="OfWeek">Its value in a week of a scenario.</param>
internal sealed record ResultMeasure(
    string Name, double Scale, bool IsWeekly, bool Always, Func<Tally, int, long> Total,
    Func<Tally, int, int, long> OfWeek)
{
    private const double WeeksOfYear = 365.25 / 7;

    /// <summary>The quantities of results, in their order.</summary>
    /// <param name="discountRate">Rate a year by which later margin counts less in the value.</param>
    public static IReadOnlyList<ResultMeasure> All(double discountRate) =>
    [
        Sum("orders", Measure.Orders, isWeekly: true, always: true),
        Sum("units", Measure.UnitsMilli, isWeekly: false, always: true),
        Sum("revenue", Measure.RevenueMinor, isWeekly: true, always: true),
        Sum("margin", Measure.MarginMinor, isWeekly: true, always: true),
        Value(discountRate),
        new("active", 1, IsWeekly: true, Always: true,
            static (tally, scenario) => tally.Total(scenario, Measure.Active),
            static (tally, scenario, week) => tally.Of(scenario, week, Measure.Active)),
        Sum("churned", Measure.Churned, isWeekly: true, always: true),
        new("satisfaction", 1 / Units.Scale(Measure.SatisfactionMicro), IsWeekly: true, Always: false,
            static (tally, scenario) =>
                Mean(tally.Total(scenario, Measure.SatisfactionMicro), ActiveWeeks(tally, scenario)),
            static (tally, scenario, week) => Mean(
                tally.Of(scenario, week, Measure.SatisfactionMicro), tally.Of(scenario, week, Measure.Active))),
        Sum("returns", Measure.Returns, isWeekly: false, always: false),
        Sum("refunded", Measure.RefundedMinor, isWeekly: false, always: false),
        Sum("lost", Measure.Lost, isWeekly: false, always: false),
        Sum("contacts", Measure.Contacts, isWeekly: false, always: false),
        Sum("adopted", Measure.Adopted, isWeekly: false, always: false),
        Sum("offers", Measure.Offers, isWeekly: false, always: false),
        Sum("accepted", Measure.Accepted, isWeekly: false, always: false),
    ];

    /// <summary>The quantity that a search means.</summary>
    public static ResultMeasure Of(SearchMeasure measure, double discountRate) =>
        All(discountRate).Single(m => string.Equals(m.Name, measure.ToString(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Its totals in each world.</summary>
    public long[] Totals(Tally[] worlds, int scenario) => Array.ConvertAll(worlds, tally => Total(tally, scenario));

    /// <summary>Its values by week and world.</summary>
    public long[][] Weeks(Tally[] worlds, int scenario)
    {
        var weeks = new long[worlds[0].Weeks][];
        for (var week = 0; week < weeks.Length; week++) weeks[week] = new long[worlds.Length];
        for (var world = 0; world < worlds.Length; world++)
        {
            for (var week = 0; week < weeks.Length; week++) weeks[week][world] = OfWeek(worlds[world], scenario, week);
        }
        return weeks;
    }

    private static ResultMeasure Sum(string name, Measure measure, bool isWeekly, bool always) => new(
        name, 1 / Units.Scale(measure), isWeekly, always,
        (tally, scenario) => tally.Total(scenario, measure),
        (tally, scenario, week) => tally.Of(scenario, week, measure));

    // Margin of a week counted at its middle.
    private static ResultMeasure Value(double discountRate)
    {
        return new("value", 1 / Units.MinorPerUnit, IsWeekly: false, Always: true, Total, OfWeek);

        long Total(Tally tally, int scenario)
        {
            var sum = 0L;
            for (var week = 0; week < tally.Weeks; week++) sum += OfWeek(tally, scenario, week);
            return sum;
        }

        long OfWeek(Tally tally, int scenario, int week) => (long)Math.Round(
            tally.Of(scenario, week, Measure.MarginMinor) * Math.Pow(1 + discountRate, -(week + 0.5) / WeeksOfYear));
    }

    private static long ActiveWeeks(Tally tally, int scenario)
    {
        var sum = 0L;
        for (var week = 0; week < tally.Weeks; week++) sum += tally.Of(scenario, week, Measure.Active);
        return sum;
    }

    private static long Mean(long sum, long of) => of == 0 ? 0 : (long)Math.Round((double)sum / of);
}
