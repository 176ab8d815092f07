using System.Globalization;
using DToC.Learn.Pricing;

namespace DToC.Published;

/// <summary>
/// Weekly sales of sliced cheese by 88 retailers (bayesm; used by P. Boatwright, R. McCulloch and P. Rossi,
/// "Account-Level Modeling for Trade Promotion", JASA 94(448), 1999). Model: ln volume on ln price and display, each
/// retailer's intercept, elasticity and display effect their own, the population fitted by empirical Bayes.
/// </summary>
/// <remarks>
/// File order is time. The last 8 rows of each retailer are held out; a model learns from the 8, 16 or 40 rows just
/// before them and foretells ln volume from the held-out rows' price and display. Nothing else is fitted or chosen.
/// The mean elasticity, as published ones are, is of a fit to all rows, averaged over the retailers.
/// </remarks>
internal sealed class Cheese
{
    private const int HeldOutRows = 8;

    private static readonly string[] Sums =
    [
        "count", "price", "display", "pricePrice", "priceDisplay", "displayDisplay", "volume", "priceVolume",
        "displayVolume",
    ];

    private readonly List<List<Week>> _retailers;

    private Cheese(List<List<Week>> retailers) => _retailers = retailers;

    /// <summary>How many retailers there are.</summary>
    public int Retailers => _retailers.Count;

    /// <summary><c>cheese_rmse_8</c>, <c>_16</c>, <c>_40</c> and <c>cheese_mean_elasticity</c>.</summary>
    public static double[] Figures(DataFolder folder)
    {
        var cheese = Read(folder.File("elasticity/cheese.csv"));
        return [cheese.HeldOutError(8), cheese.HeldOutError(16), cheese.HeldOutError(40), cheese.MeanElasticity()];
    }

    /// <summary>Reads the file: retailer, volume, display, price.</summary>
    public static Cheese Read(string path)
    {
        var retailers = new Dictionary<string, List<Week>>(StringComparer.Ordinal);
        var order = new List<List<Week>>();
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            // A name may have commas; the three numbers after it have none.
            var parts = line.Split(',');
            var name = string.Join(',', parts[..^3]);
            if (!retailers.TryGetValue(name, out var weeks)) order.Add(retailers[name] = weeks = []);
            weeks.Add(new Week(Math.Log(Number(parts[^3])), Number(parts[^2]), Math.Log(Number(parts[^1]))));
        }
        return new Cheese(order);

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Root of the mean squared error of ln volume over all held-out rows.</summary>
    public double HeldOutError(int trainingRows)
    {
        var learnt = _retailers.ConvertAll(
            weeks => History(weeks[^(HeldOutRows + trainingRows)..^HeldOutRows]));
        var model = Fit(learnt).Model;
        var (squares, count) = (0.0, 0);
        var beta = new double[3];
        for (var i = 0; i < learnt.Count; i++)
        {
            model.Posterior(learnt[i].Sums, beta);
            foreach (var week in _retailers[i][^HeldOutRows..])
            {
                var error = week.LogVolume - (beta[0] + beta[1] * week.LogPrice + beta[2] * week.Display);
                squares += error * error;
                count++;
            }
        }
        return Math.Sqrt(squares / count);
    }

    /// <summary>Mean of the retailers' elasticities given all their rows.</summary>
    public double MeanElasticity()
    {
        var histories = _retailers.ConvertAll(History);
        var model = Fit(histories).Model;
        return histories.Average(history => model.Score(history.Sums));
    }

    private static PriceFit.Fitted Fit(List<DemandHistory> histories) => PriceSensitivityFit.Of(Sums, histories) switch
    {
        PriceFit.Fitted { IsConverged: true } fitted => fitted,
        var other => throw new InvalidOperationException($"The fit came to no end: {other}"),
    };

    private static DemandHistory History(List<Week> weeks)
    {
        var history = new DemandHistory(regressors: 3);
        foreach (var week in weeks) history.Add([1, week.LogPrice, week.Display], week.LogVolume);
        return history;
    }

    private readonly record struct Week(double LogVolume, double Display, double LogPrice);
}
