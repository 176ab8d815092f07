using System.Diagnostics;
using System.Globalization;
using DToC.Learn.Calibration;
using DToC.Learn.CustomerBase;
using DToC.Learn.Measures;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Published;

/// <summary>
/// The CDNOW sample: 2,357 customers of a music shop acquired in the first quarter of 1997 (Fader, Hardie and Lee
/// 2005). Models are fitted on the 39 weeks to 1997-09-30; the 39 weeks after them judge the forecasts.
/// </summary>
internal static class Cdnow
{
    private static readonly DateOnly Cut = new(1997, 9, 30);
    private static readonly DateOnly End = new(1998, 6, 30);

    /// <summary>
    /// After 26 of the 39 weeks; the outcomes of the earlier window are of the 13 to <see cref="Cut"/>.
    /// </summary>
    private static readonly DateOnly EarlyCut = new(1997, 7, 1);

    /// <summary>What was known at the cut: x, t_x, T in weeks.</summary>
    public static PurchaseHistories Histories(DataFolder folder) =>
        PurchaseHistories.Of(Log(folder).Split(Cut, End).Histories);

    /// <summary>Mean spend of the repeat purchases known at the cut, those of one day being one.</summary>
    public static IEnumerable<MeanSpend> Spends(DataFolder folder)
    {
        var known = Lines(folder).Where(line => line.Day <= Cut);
        foreach (var customer in known.GroupBy(line => line.Customer, StringComparer.Ordinal))
        {
            var days = customer.GroupBy(line => line.Day).OrderBy(day => day.Key)
                .Select(day => day.Sum(line => line.Spend)).ToArray();
            if (days.Length > 1) yield return new MeanSpend(days.Length - 1, days.Skip(1).Average());
        }
    }

    /// <summary>The published summary, in its order: x and mean spend rounded to cents.</summary>
    public static MeanSpend[] PublishedSpends(DataFolder folder) =>
    [
        .. NumberTable.Read(folder.File("cdnow/cdnow_customers_summary_with_transactions.csv"))
            .Select(row => new MeanSpend(row[1], row[4])),
    ];

    /// <summary>The days of all purchases.</summary>
    public static PurchaseLog Log(DataFolder folder) =>
        PurchaseLog.Of(Lines(folder).Select(line => (line.Customer, line.Day)));

    /// <summary>
    /// Log-likelihoods of BG/NBD, Pareto/NBD, MBG/NBD and Gamma-Gamma, and the seconds of the slowest of the fits
    /// (the best of three rounds: the first also compiles).
    /// </summary>
    public static double[] Fits(DataFolder folder)
    {
        var histories = Histories(folder);
        MeanSpend[] spends = [.. Spends(folder)];
        Func<double>[] fits =
        [
            () => PurchaseFit.Of<BgNbd>(histories).Expect().LogLikelihood,
            () => PurchaseFit.Of<ParetoNbd>(histories).Expect().LogLikelihood,
            () => PurchaseFit.Of<MbgNbd>(histories).Expect().LogLikelihood,
            () => SpendFit.Of(spends).Expect().LogLikelihood,
        ];
        var slowest = 0.0;
        var values = new double[fits.Length];
        for (var i = 0; i < fits.Length; i++)
        {
            var fastest = double.PositiveInfinity;
            for (var round = 0; round < 3; round++)
            {
                var started = Stopwatch.GetTimestamp();
                values[i] = fits[i]();
                fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
            slowest = Math.Max(slowest, fastest);
        }
        return [.. values, slowest];
    }

    /// <summary>
    /// Pareto/NBD on the holdout: the mean absolute error of the expected number of days with a purchase, and the
    /// AUC of it for any purchase at all.
    /// </summary>
    public static double[] Holdout(DataFolder folder)
    {
        var (expected, bought) = Forecast(Log(folder), Cut, End);
        return [Losses.MeanAbsolute(expected, bought), Ranking.Auc(expected, Came(bought))];
    }

    /// <summary>
    /// Brier score and expected calibration error (10 bins of equally many) of calibrated probabilities of any
    /// purchase in the holdout.
    /// </summary>
    /// <remarks>
    /// The isotonic map is learnt on what was known at the cut alone: a Pareto/NBD is fitted on the first 26 weeks
    /// and asked for the expected purchases of the next 13; the map is of these to whether any came. In the
    /// holdout the map is given the expected purchases by a Pareto/NBD fitted on all 39 weeks.
    /// </remarks>
    public static double[] Calibrated(DataFolder folder)
    {
        var log = Log(folder);
        var (earlier, boughtEarlier) = Forecast(log, EarlyCut, Cut);
        var map = IsotonicFit.Of(earlier, Came(boughtEarlier));
        var (expected, bought) = Forecast(log, Cut, End);
        double[] probabilities = [.. expected.Select(score => map.Of(score))];
        return
        [
            Losses.Brier(probabilities, Came(bought)),
            Reliability.ExpectedCalibrationError(probabilities, Came(bought), BinKind.EqualMass),
        ];
    }

    private static (double[] Expected, double[] Bought) Forecast(PurchaseLog log, DateOnly cut, DateOnly end)
    {
        var (histories, bought) = log.Split(cut, end);
        var process = PurchaseFit.Of<ParetoNbd>(PurchaseHistories.Of(histories)).Expect().Model;
        var weeks = (end.DayNumber - cut.DayNumber) / 7.0;
        return ([.. histories.Select(h => process.ExpectedPurchases(h.X, h.Tx, h.T, weeks))], bought);
    }

    private static double[] Came(double[] bought) => [.. bought.Select(count => count > 0 ? 1.0 : 0)];

    private static IEnumerable<(string Customer, DateOnly Day, double Spend)> Lines(DataFolder folder) =>
        File.ReadLines(folder.File("cdnow/CDNOW_sample.txt"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(cells => cells.Length == 5)
            .Select(cells => (
                cells[1], DateOnly.ParseExact(cells[2], "yyyyMMdd", CultureInfo.InvariantCulture),
                double.Parse(cells[4], CultureInfo.InvariantCulture)));
}
