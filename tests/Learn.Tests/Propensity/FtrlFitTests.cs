using DToC.Learn.Propensity;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Learn.Tests.Propensity;

public class FtrlFitTests
{
    [Fact]
    public void One_pass_finds_weights_whatever_the_unit_of_an_input()
    {
        var (small, smallLoss) = Fitted(unit: 1);
        var (large, largeLoss) = Fitted(unit: 5_000);
        Assert.InRange(small.Weights[0].Weight, 0.7, 0.9);
        Assert.InRange(small.Intercept, -1.1, -0.9);
        Assert.Equal(small.Score([0.5]), large.Score([2_500]), 1e-9);
        Assert.Equal(smallLoss, largeLoss, 1e-9);
        // Below the entropy of the share that came true, above that of the truth.
        Assert.InRange(smallLoss, 0.5, 0.59);
    }

    [Fact]
    public void Rows_are_standardised_by_the_first_alone()
    {
        var table = new TrainingTable(4).AddNumbers("x", [0, 2, 100, -100]);
        var (model, _) = FtrlFit.Of(table, [0, 1, 1, 0], known: 2, new FtrlOptions());
        Assert.Equal((1, 1), (model.Weights[0].Mean, model.Weights[0].Scale));
        Assert.Throws<ArgumentOutOfRangeException>(() => FtrlFit.Of(table, [0, 1, 1, 0], 0, new FtrlOptions()));
        Assert.Throws<ArgumentException>(() => FtrlFit.Of(table, [0, 1], 1, new FtrlOptions()));
    }

    [Fact]
    public void What_came_last_weighs_most()
    {
        double[] ups = [.. Enumerable.Repeat(1.0, 300)], downs = [.. Enumerable.Repeat(0.0, 300)];
        var table = new TrainingTable(600).AddNumbers("x", new double[600]);
        var rising = FtrlFit.Of(table, [.. downs, .. ups], 300, new FtrlOptions()).Model;
        var falling = FtrlFit.Of(table, [.. ups, .. downs], 300, new FtrlOptions()).Model;
        // A batch says one half of either.
        Assert.True(rising.Score([0]) > 0.53);
        Assert.True(falling.Score([0]) < 0.47);
    }

    private static (Logistic Model, double LogLoss) Fitted(double unit)
    {
        var random = new Xoshiro256(4);
        var (values, outcomes) = (new double[20_000], new double[20_000]);
        for (var i = 0; i < values.Length; i++)
        {
            var value = random.Normal();
            (values[i], outcomes[i]) =
                (unit * value, random.NextUnit() < Logistic.Sigmoid(-1 + 0.8 * value) ? 1 : 0);
        }
        var table = new TrainingTable(values.Length).AddNumbers("x", values);
        return FtrlFit.Of(table, outcomes, known: 20_000, new FtrlOptions());
    }
}
