using System.Globalization;
using System.IO.Compression;
using DToC.Learn.CustomerBase;
using DToC.Learn.Measures;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Published;

/// <summary>
/// Invoices of a British wholesaler of gifts from December 2010 to June 2011 (UCI Online Retail): a customer's
/// days with an invoice that was not cancelled (C...) and not free.
/// </summary>
/// <remarks>
/// In every window of two months and more (cut at the end of January 2011 or later) the likelihood of BG/NBD,
/// MBG/NBD and Pareto/NBD rises steadily towards no dropout at all, a / b to 0. A search without bounds follows
/// it, b passes 1e16, and there ln Gamma(a + b) - ln Gamma(b) has no digit left: the log-likelihood turns positive.
/// </remarks>
internal static class OnlineRetail
{
    private static readonly string[] Months =
        ["2010-12", "2011-01", "2011-02", "2011-03", "2011-04", "2011-05", "2011-06"];

    private static readonly DateOnly Cut = new(2011, 3, 31);
    private static readonly DateOnly End = new(2011, 6, 30);

    /// <summary>
    /// Histories as known at the end of March 2011, in weeks, and the days with a purchase until June.
    /// </summary>
    public static (PurchaseHistory[] Histories, double[] Bought) Split(DataFolder folder) =>
        Log(folder).Split(Cut, End);

    /// <summary>
    /// Whether BG/NBD's dropout is identified (1 or 0); log-likelihood of the forecast that stands in; the root of
    /// its mean squared error over the 13 weeks after the cut, and that of going on at one's own rate so far.
    /// </summary>
    public static double[] Figures(DataFolder folder)
    {
        var (histories, bought) = Split(folder);
        var known = PurchaseHistories.Of(histories);
        var weeks = (End.DayNumber - Cut.DayNumber) / 7.0;
        var question = new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = weeks };
        var trained = PurchaseTraining.Of<BgNbd>(known, question, ["x", "tx", "T"]).Expect();
        var model = trained.Model.Model;
        double[] expected = [.. histories.Select(h => model.Score([h.X, h.Tx, h.T]))];
        double[] goingOn = [.. histories.Select(h => h.T > 0 ? h.X / h.T * weeks : 0)];
        return
        [
            model.Kind == BgNbd.KindWord ? 1 : 0, trained.LogLikelihood,
            Losses.RootMeanSquare(expected, bought), Losses.RootMeanSquare(goingOn, bought),
        ];
    }

    /// <summary>The days of all purchases; lines without a customer are left out.</summary>
    public static PurchaseLog Log(DataFolder folder) => PurchaseLog.Of(
        Months.SelectMany(month => Lines(folder.File($"online_retail/online_retail_{month}.csv.gz")))
            .Select(Purchase).OfType<(string, DateOnly)>());

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line) yield return line;
    }

    // InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country: only a description has
    // commas.
    private static (string Customer, DateOnly Day)? Purchase(string line)
    {
        var cells = line.Split(',');
        if (cells.Length < 8 || cells[0].StartsWith('C') || cells[^2].Length == 0) return null;
        var quantity = double.Parse(cells[^5], CultureInfo.InvariantCulture);
        var price = double.Parse(cells[^3], CultureInfo.InvariantCulture);
        return quantity > 0 && price > 0
            ? (cells[^2], DateOnly.ParseExact(cells[^4][..10], "yyyy-MM-dd", CultureInfo.InvariantCulture))
            : null;
    }
}
