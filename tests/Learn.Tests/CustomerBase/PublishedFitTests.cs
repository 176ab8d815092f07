using DToC.Learn.CustomerBase;
using DToC.Published;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.Tests.CustomerBase;

/// <summary>Fits and forecasts beside what was published of the same data.</summary>
public class PublishedFitTests
{
    [DataFact]
    public void Cdnow_fits_reach_the_published_likelihoods_and_parameters()
    {
        var histories = Cdnow.Histories(DataFactAttribute.Folder);
        Assert.Equal(2_357, histories.Customers);
        var bgnbd = PurchaseFit.Of<BgNbd>(histories).Expect();
        Assert.True(bgnbd.LogLikelihood >= -9582.43);
        Near([0.2426, 4.4136, 0.7929, 2.4259], bgnbd, 0.005);
        var pareto = PurchaseFit.Of<ParetoNbd>(histories).Expect();
        Assert.True(pareto.LogLikelihood >= -9594.98);
        Near([0.5532, 10.578, 0.6062, 11.669], pareto, 0.005);
        Assert.Equal([0.0476264, 0.8427222, 0.1872594, 6.2105448], pareto.StandardErrors, new Relatively(0.01));
        var modified = PurchaseFit.Of<MbgNbd>(histories).Expect();
        Assert.True(modified.LogLikelihood >= -9582.14);
        Near([0.525, 6.183, 0.891, 1.614], modified, 0.005);

        static void Near<TProcess>(double[] published, Fit<TProcess>.Fitted fit, double tolerance)
            where TProcess : struct, IPurchaseProcess<TProcess>
        {
            var fitted = new double[published.Length];
            fit.Model.CopyTo(fitted);
            Assert.Equal(published, fitted, new Relatively(tolerance));
        }
    }

    [DataFact]
    public void Cdnow_spend_reaches_the_published_likelihood_and_means()
    {
        var folder = DataFactAttribute.Folder;
        var fit = SpendFit.Of(Cdnow.Spends(folder)).Expect();
        Assert.True(fit.LogLikelihood >= -4055.92);
        var golden = GoldenVectors.Of(
            folder, "Gamma-Gamma cond. mean, first 10 rows of summary_with_transactions, p=6.25 q=3.74 v=15.44");
        var (means, customers) = (GoldenVectors.Numbers(golden, "v"), Cdnow.PublishedSpends(folder));
        Assert.Equal(10, means.Length);
        for (var i = 0; i < means.Length; i++)
            Assert.Equal(means[i], fit.Model.ExpectedSpend(customers[i].X, customers[i].Mean), 0.1);
    }

    [DataFact]
    public void Cdnow_holdout_is_forecast_as_well_as_published()
    {
        var holdout = Cdnow.Holdout(DataFactAttribute.Folder);
        Assert.True(holdout[0] <= 0.755, $"mean absolute error {holdout[0]}");
        Assert.True(holdout[1] >= 0.778, $"AUC {holdout[1]}");
        var calibrated = Cdnow.Calibrated(DataFactAttribute.Folder);
        Assert.True(calibrated[0] <= 0.158, $"Brier score {calibrated[0]}");
        Assert.True(calibrated[1] <= 0.04, $"expected calibration error {calibrated[1]}");
    }

    [DataFact]
    public void Donations_fit_reaches_the_published_parameters()
    {
        var fit = PurchaseFit.Of<BgBb>(Donations.Histories(DataFactAttribute.Folder)).Expect();
        // Fader, Hardie and Shang 2010, table 4.
        Assert.Equal(-33_225.6, fit.LogLikelihood, 0.05);
        Assert.Equal(
            [1.204, 0.750, 0.657, 2.783], [fit.Model.Alpha, fit.Model.Beta, fit.Model.Gamma, fit.Model.Delta],
            new Relatively(0.001));
    }

    [DataFact]
    public void Retention_fits_reach_the_published_likelihoods()
    {
        var figures = RetentionCohorts.Figures(DataFactAttribute.Folder);
        Assert.Equal(-1611.158, figures[0], 1e-3);
        Assert.Equal(-1680.265, figures[1], 1e-3);
    }

    [DataFact]
    public void Online_retail_has_no_dropout_to_identify_and_the_forecast_falls_back_to_rates()
    {
        var folder = DataFactAttribute.Folder;
        var histories = PurchaseHistories.Of(OnlineRetail.Split(folder).Histories);
        var not = Assert.IsType<Fit<BgNbd>.NotIdentified>(PurchaseFit.Of<BgNbd>(histories));
        Assert.Equal("dropout not identified", not.What);
        var figures = OnlineRetail.Figures(folder);
        Assert.Equal(0, figures[0]);
        Assert.True(figures[1] < 0 && double.IsFinite(figures[1]));
        Assert.True(figures[2] < figures[3], $"{figures[2]}; going on at one's own rate has {figures[3]}");
    }
}

/// <summary>Equal but for a share of the first.</summary>
internal sealed class Relatively(double share) : IEqualityComparer<double>
{
    public bool Equals(double x, double y) => Math.Abs(x - y) <= share * Math.Abs(x);

    public int GetHashCode(double obj) => 0;
}
