using DToC.Learn.Measures;
using DToC.Twin.Draws;

namespace DToC.Learn.Tests.Measures;

public class MeasureTests
{
    [Fact]
    public void Auc_is_the_share_of_pairs_in_order_with_ties_as_halves()
    {
        var random = new Xoshiro256(3);
        var scores = Enumerable.Range(0, 300).Select(_ => Math.Floor(20 * random.NextUnit())).ToArray();
        var outcomes = scores.Select(s => random.NextUnit() < s / 25 ? 1.0 : 0).ToArray();
        var pairs = (from i in Enumerable.Range(0, 300)
                     from j in Enumerable.Range(0, 300)
                     where outcomes[i] == 1 && outcomes[j] == 0
                     select scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0).ToList();
        Assert.Equal(pairs.Average(), Ranking.Auc(scores, outcomes), 1e-14);
        Assert.Equal(double.NaN, Ranking.Auc([1, 2], [1, 1]));
    }

    [Fact]
    public void Losses_of_a_worked_example()
    {
        double[] given = [0.9, 0.2, 1];
        double[] came = [1, 1, 1];
        Assert.Equal((Math.Log(1 / 0.9) + Math.Log(5)) / 3, Losses.LogLoss(given, came), 1e-12);
        Assert.Equal((0.01 + 0.64) / 3, Losses.Brier(given, came), 1e-12);
        Assert.Equal(0.3, Losses.MeanAbsolute(given, came), 1e-12);
        Assert.Equal(Math.Sqrt(0.65 / 3), Losses.RootMeanSquare(given, came), 1e-12);
        Assert.True(double.IsFinite(Losses.LogLoss([0], [1])));
    }

    [Fact]
    public void Reliability_table_of_a_worked_example()
    {
        double[] given = [0.05, 0.15, 0.15, 0.95, 1];
        double[] came = [0, 1, 0, 1, 1];
        Assert.Equal(
            [new ReliabilityBin(1, 0.05, 0), new ReliabilityBin(2, 0.15, 0.5), new ReliabilityBin(2, 0.975, 1)],
            Reliability.Table(given, came, BinKind.EqualWidth));
        Assert.Equal((0.05 + 2 * 0.35 + 2 * 0.025) / 5,
            Reliability.ExpectedCalibrationError(given, came, BinKind.EqualWidth), 1e-12);
        // Of two bins the first has the first half of the rows, and all that are equal to the last of them.
        Assert.Equal([3, 2], Reliability.Table(given, came, BinKind.EqualMass, 2).Select(b => b.Rows));
    }

    [Fact]
    public void Probabilities_that_were_true_have_a_calibration_error_near_zero()
    {
        var random = new Xoshiro256(5);
        var given = Enumerable.Range(0, 200_000).Select(_ => random.NextUnit()).ToArray();
        var came = given.Select(p => random.NextUnit() < p ? 1.0 : 0).ToArray();
        var off = given.Select(p => p * p).ToArray();
        foreach (var kind in Enum.GetValues<BinKind>())
        {
            Assert.InRange(Reliability.ExpectedCalibrationError(given, came, kind), 0, 0.005);
            Assert.InRange(Reliability.ExpectedCalibrationError(off, came, kind), 0.15, 0.18); // E[p - p^2] = 1/6
        }
    }
}
