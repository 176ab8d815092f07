using DToC.Learn.CustomerBase;

namespace DToC.Published;

/// <summary>Days on which customers bought; several purchases of a day are one.</summary>
/// <param name="days">Of each customer, sorted, each once, at least one.</param>
internal sealed class PurchaseLog(IReadOnlyList<DateOnly[]> days)
{
    private const double DaysPerWeek = 7;

    /// <summary>Makes a log of single purchases.</summary>
    public static PurchaseLog Of<TCustomer>(IEnumerable<(TCustomer Customer, DateOnly Day)> purchases)
        where TCustomer : notnull => new(
    [
        .. purchases.GroupBy(p => p.Customer)
            .Select(group => group.Select(p => p.Day).Distinct().Order().ToArray()).OrderBy(days => days[0]),
    ]);

    /// <summary>
    /// Histories in weeks of customers acquired before a cut, as known at its end, and on how many days each bought
    /// after it, until the end of another day.
    /// </summary>
    public (PurchaseHistory[] Histories, double[] Bought) Split(DateOnly cut, DateOnly end)
    {
        var known = days.Where(d => d[0] < cut).ToArray();
        return ([.. known.Select(d => HistoryAt(d, cut))], [.. known.Select(d => Count(d, cut, end))]);
    }

    private static PurchaseHistory HistoryAt(DateOnly[] days, DateOnly cut)
    {
        var seen = days.Count(day => day <= cut);
        var age = (cut.DayNumber - days[0].DayNumber) / DaysPerWeek;
        return new PurchaseHistory(seen - 1, (days[seen - 1].DayNumber - days[0].DayNumber) / DaysPerWeek, age);
    }

    private static double Count(DateOnly[] days, DateOnly after, DateOnly until) =>
        days.Count(day => day > after && day <= until);
}
