using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>
/// Expected purchases: the truth is the expectation of one's own rate and drop-out, 0 of one who has left. Where many
/// have left beyond doubt the interval is 0 alone and holds more often than it says; ages are such that few have.
/// </summary>
/// <param name="Youngest">Least age in weeks, or opportunities.</param>
/// <param name="Oldest">Greatest age.</param>
/// <param name="Horizon">Weeks, or opportunities, ahead.</param>
internal sealed record PurchaseCoverage(int Youngest, int Oldest, int Horizon)
{
    /// <summary>See <see cref="CoverageExperiment.CoveredOf"/>.</summary>
    public (double Covered, double Asked) Of<TProcess>(
        TProcess truth, PurchasesOfBuyer simulate, int customers, Xoshiro256 random)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var histories = new PurchaseHistory[customers];
        var own = new double[customers];
        for (var i = 0; i < customers; i++)
        {
            var age = Youngest + Math.Floor((Oldest - Youngest + 1) * random.NextUnit());
            var buyer = truth.DrawAlive(0, 0, random);
            // One who leaves at once, as the first purchase may be the last one.
            var (x, tx, isAlive) = random.NextUnit() < truth.ProbabilityAlive(0, 0, 0)
                ? simulate(buyer, age, random)
                : (0, 0, false);
            histories[i] = new PurchaseHistory(x, tx, age);
            own[i] = isAlive ? TProcess.PurchasesOf(buyer, Horizon) : 0;
        }
        var fit = PurchaseFit.Of<TProcess>(PurchaseHistories.Of(histories)).Expect();
        var model = new PurchaseForecast<TProcess>(
            fit.Model, new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = Horizon },
            ["x", "tx", "T"], new LogCovariance(TProcess.ParameterNames.Count, [.. fit.Covariance]));
        var covered = 0;
        for (var i = 0; i < customers; i++)
        {
            var (x, tx, age, _) = histories[i];
            if (model.IntervalOf([x, tx, age], CoverageExperiment.Level) is { } interval
                && own[i] >= interval.Low && own[i] <= interval.High)
                covered++;
        }
        return (covered, customers);
    }
}
