using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Prices by week and category of goods, against today's. Weeks of the same prices share a key, so that what a customer
/// makes of them is computed once a key.
/// </summary>
internal sealed class PriceWeeks
{
    private const double WeeksOfYear = 52;

    private readonly Scenario _scenario;
    private readonly bool _isLiftWhole;
    private readonly List<double[]> _real = [];
    private readonly List<double[]> _money = [];
    private readonly List<double> _cost = [];
    private readonly List<double> _logIndex = [];
    private readonly int[] _keys;

    /// <param name="categories">Categories of goods.</param>
    /// <param name="scenario">What is done to prices.</param>
    /// <param name="weeks">Weeks.</param>
    /// <param name="isLiftWhole">
    /// Whether the lift of a promotion is all it does to the number of orders, what the lower price does included.
    /// </param>
    public PriceWeeks(IReadOnlyList<PriceCategoryPlan> categories, Scenario scenario, int weeks, bool isLiftWhole)
    {
        (_scenario, _isLiftWhole) = (scenario, isLiftWhole);
        Shares = [.. categories.Select(c => c.Share), Math.Max(0, 1 - categories.Sum(c => c.Share))];
        _keys = new int[weeks];
        for (var week = 0; week < weeks; week++) _keys[week] = KeyOf(week);
        IsMoved = _logIndex.Exists(index => index != 0);
    }

    /// <summary>Share of each category in an order; behind them, of what is of none.</summary>
    public double[] Shares { get; }

    /// <summary>How many different prices there are.</summary>
    public int Keys => _cost.Count;

    /// <summary>Whether any week's real prices are other than today's, as far as the number of orders goes.</summary>
    public bool IsMoved { get; }

    /// <summary>Key of the prices of a week.</summary>
    public int Key(int week) => _keys[week];

    /// <summary>Logarithm of the price of a category of a key, against what all else costs.</summary>
    public double LogReal(int key, int category) => _real[key][category];

    /// <summary>Factor on the price in money.</summary>
    public double Money(int key, int category) => _money[key][category];

    /// <summary>Factor on what a piece costs us.</summary>
    public double Cost(int key) => _cost[key];

    /// <summary>
    /// Logarithm of the price of an order of today's pieces, against what all else costs: by it the number of orders
    /// moves.
    /// </summary>
    public double LogIndex(int key) => _logIndex[key];

    /// <summary>Whether prices and cost of a key are today's.</summary>
    public bool IsToday(int key) => _cost[key] == 1 && Array.TrueForAll(_real[key], log => log == 0);

    private int KeyOf(int week)
    {
        var (real, money, cost, index) = (new double[Shares.Length], new double[Shares.Length], 1.0, 0.0);
        var (passed, inflation) = (1.0, 1.0);
        foreach (var lever in _scenario.Levers)
        {
            if (lever is not Lever.Inflation rise || week < lever.From) continue;
            // The level that is reached stays.
            var years = (Math.Min(week + 0.5, lever.Until) - lever.From) / WeeksOfYear;
            inflation *= Math.Pow(1 + rise.Rate, years);
            passed *= Math.Pow(1 + rise.Rate, rise.PassThrough * years);
        }
        cost *= inflation;
        for (var category = 0; category < real.Length; category++)
        {
            money[category] = passed * Asked(week, category, withPromotions: true);
            real[category] = Math.Log(money[category] / inflation);
            index += Shares[category] * passed * Asked(week, category, !_isLiftWhole) / inflation;
        }
        var logIndex = Math.Abs(index - 1) < 1e-12 ? 0 : Math.Log(index);
        for (var key = 0; key < Keys; key++)
        {
            if (_cost[key] == cost && _logIndex[key] == logIndex && _money[key].AsSpan().SequenceEqual(money))
                return key;
        }
        _real.Add(real);
        _money.Add(money);
        _cost.Add(cost);
        _logIndex.Add(logIndex);
        return Keys - 1;
    }

    private double Asked(int week, int category, bool withPromotions)
    {
        var factor = 1.0;
        foreach (var lever in _scenario.Levers)
        {
            if (!lever.Acts(week)) continue;
            if (lever is Lever.Price price && (price.Category < 0 || price.Category == category))
                factor *= price.Factor;
            if (withPromotions && lever is Lever.Promotion promotion
                && (promotion.Category < 0 || promotion.Category == category))
            {
                factor *= 1 - promotion.Depth;
            }
        }
        return factor;
    }
}
