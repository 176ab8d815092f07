namespace DToC.Learn.Pricing;

/// <summary>
/// Everybody's purchases as far as the fit of a promotion's effect needs them: how many fell in which week, by the week
/// in which the customers had come, and what share was taken off prices on each day.
/// </summary>
public sealed class PromotionHistory
{
    private readonly Dictionary<(int Came, int Week), long> _purchases = [];
    private readonly Dictionary<int, (double Paid, double TakenOff)> _values = [];

    /// <summary>Purchases added, but the first of each customer and others of that week.</summary>
    public long Purchases { get; private set; }

    /// <summary>
    /// Purchases by the week in which the customers came and their own, as weeks since 1970; from Monday on.
    /// </summary>
    internal IReadOnlyDictionary<(int Came, int Week), long> ByWeek => _purchases;

    /// <summary>What was paid and what was taken off, by days since 1970.</summary>
    internal IReadOnlyDictionary<int, (double Paid, double TakenOff)> Values => _values;

    /// <summary>Monday's week of a day, both since 1970-01-01, which was a Thursday.</summary>
    internal static int WeekOf(int day) => (int)Math.Floor((day + 3) / 7.0);

    /// <summary>Adds a customer's purchases.</summary>
    /// <param name="days">Days since 1970-01-01, the earliest first.</param>
    /// <exception cref="ArgumentException">The days are not in their order.</exception>
    public void AddCustomer(IReadOnlyList<int> days)
    {
        ArgumentNullException.ThrowIfNull(days);
        for (var i = 1; i < days.Count; i++)
        {
            if (days[i] < days[i - 1]) throw new ArgumentException("The days are not in their order.", nameof(days));
            var (came, week) = (WeekOf(days[0]), WeekOf(days[i]));
            if (week == came) continue;
            _purchases[(came, week)] = _purchases.GetValueOrDefault((came, week)) + 1;
            Purchases++;
        }
    }

    /// <summary>Adds what was paid on a day, and what had been taken off before.</summary>
    /// <param name="day">Days since 1970-01-01.</param>
    /// <param name="paid">Money, 0 or more.</param>
    /// <param name="takenOff">Money, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An amount is negative or not finite.</exception>
    public void AddValue(int day, double paid, double takenOff)
    {
        if (!(paid >= 0 && double.IsFinite(paid))) throw new ArgumentOutOfRangeException(nameof(paid));
        if (!(takenOff >= 0 && double.IsFinite(takenOff))) throw new ArgumentOutOfRangeException(nameof(takenOff));
        var (before, beforeOff) = _values.GetValueOrDefault(day);
        _values[day] = (before + paid, beforeOff + takenOff);
    }
}
