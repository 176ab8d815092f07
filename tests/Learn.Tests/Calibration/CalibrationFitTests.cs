using DToC.Learn.Calibration;
using DToC.Learn.Measures;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.Calibration;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Learn.Tests.Calibration;

public class CalibrationFitTests
{
    [Fact]
    public void Isotonic_pools_what_is_out_of_order()
    {
        var map = IsotonicFit.Of([1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 0, 0, 1, 1, 0, 1]);
        // Blocks: {1}, {2, 3, 4} at 1/3, {5, 6, 7} at 2/3, {8}; the ends by the rule of succession.
        Assert.Equal(4, map.Knots);
        Assert.Equal(1.0 / 3, map.Of(3), 1e-12);
        Assert.Equal(2.0 / 3, map.Of(6), 1e-12);
        Assert.Equal(0.5, map.Of(4.5), 1e-12);
        Assert.Equal(1.0 / 3, map.Of(-5), 1e-12);
        Assert.Equal(2.0 / 3, map.Of(50), 1e-12);
        Assert.Equal(double.NaN, map.Of(double.NaN));
    }

    [Fact]
    public void Isotonic_is_the_best_rising_fit_and_does_not_depend_on_the_order_of_rows() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(
            Gen.Choose(0, 30).Zip(Gen.Choose(0, 1)).NonEmptyListOf().ToArbitrary(), rows =>
            {
                var scores = rows.Select(r => (double)r.Item1).ToArray();
                var outcomes = rows.Select(r => (double)r.Item2).ToArray();
                var map = IsotonicFit.Of(scores, outcomes);
                Array.Reverse(scores);
                Array.Reverse(outcomes);
                var again = IsotonicFit.Of(scores, outcomes);
                var last = 0.0;
                for (var score = -1.0; score <= 31; score += 0.25)
                {
                    if (map.Of(score) < last || map.Of(score) != again.Of(score)) return false;
                    last = map.Of(score);
                }
                return last < 1;
            }));

    [Fact]
    public void Row_of_weight_three_is_three_rows()
    {
        var weighed = IsotonicFit.Of([1, 2, 3, 4], [0, 1, 0, 1], [1, 3, 1, 2]);
        var repeated = IsotonicFit.Of([1, 2, 2, 2, 3, 4, 4], [0, 1, 1, 1, 0, 1, 1]);
        foreach (var score in new[] { 0, 1.5, 2, 2.5, 3.5, 9 })
            Assert.Equal(repeated.Of(score), weighed.Of(score), 1e-12);
    }

    [Fact]
    public void Scores_of_few_or_one_value_are_calibrated_to_their_shares()
    {
        var one = IsotonicFit.Of([2, 2, 2, 2], [1, 0, 0, 0]);
        Assert.Equal(0.25, one.Of(2), 1e-12);
        Assert.Equal(0.25, one.Of(-7), 1e-12);
        Assert.InRange(IsotonicFit.Of([1, 2], [0, 0]).Of(1), 0.01, 0.4);
        Assert.InRange(PlattFit.Of([2, 2, 2, 2], [1, 0, 0, 0], isOfLogOdds: false).Of(2), 0.2, 0.4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Miscalibrated_scores_come_out_right_on_new_rows(bool isPlatt)
    {
        // Log-odds twice too far from 0 and shifted, as of a model that is too sure.
        var (scores, outcomes) = TooSure(20_000, 11);
        var (newScores, newOutcomes) = TooSure(20_000, 12);
        CalibrationMap map = isPlatt
            ? PlattFit.Of(scores, outcomes, isOfLogOdds: true)
            : IsotonicFit.Of(scores, outcomes);
        var mapped = newScores.Select(map.Of).ToArray();
        var before = Reliability.ExpectedCalibrationError(newScores, newOutcomes, BinKind.EqualMass);
        var after = Reliability.ExpectedCalibrationError(mapped, newOutcomes, BinKind.EqualMass);
        Assert.True(before > 0.08 && after < 0.015, $"{before} {after}");
        if (map is not PlattMap platt) return;
        Assert.InRange(platt.Slope, 0.47, 0.53);
        Assert.InRange(platt.Offset, -0.56, -0.44);
    }

    [Fact]
    public void Platt_never_falls_and_stays_finite_where_scores_separate()
    {
        var separated = PlattFit.Of([1, 2, 3, 4], [0, 0, 1, 1], isOfLogOdds: false);
        Assert.InRange(separated.Of(1), 0.1, 0.4);
        Assert.InRange(separated.Of(4), 0.6, 0.9);
        var reversed = PlattFit.Of([4, 3, 2, 1], [0, 0, 1, 1], isOfLogOdds: false);
        Assert.Equal(reversed.Of(1), reversed.Of(4));
    }

    [Fact]
    public void Reasons_of_a_calibrated_model_keep_the_shares_of_the_inner_ones()
    {
        var (scores, outcomes) = TooSure(5_000, 13);
        var inner = new Logistic(-0.5, [new("visits", 1.5), new("calls", -0.75)]);
        var model = new Calibrated(inner, IsotonicFit.Of(scores, outcomes));
        var why = model.Explain([1, 1]);
        Assert.Equal(Math.Log(model.Score([1, 1]) / (1 - model.Score([1, 1]))), why.Total, 1e-9);
        Assert.Equal(-2, why.Contributions[0] / why.Contributions[1], 1e-9);
        Assert.True(why.Contributions[0] > 0);
        var reference = model.Score([0, 0]);
        Assert.Equal(Math.Log(reference / (1 - reference)), why.Baseline, 1e-6);
    }

    [Fact]
    public void Interval_of_a_map_covers_the_truth()
    {
        var covered = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            var (scores, outcomes) = TooSure(3_000, 100 + seed);
            var model = new Calibrated(new Logistic(0, [new("logOdds", 1)]), PlattFit.Of(scores, outcomes, true));
            for (var logOdds = -4.0; logOdds <= 4; logOdds += 0.5)
            {
                var truth = Logistic.Sigmoid(logOdds / 2 - 0.5);
                var interval = Assert.NotNull(model.IntervalOf([logOdds], 0.9));
                if (truth >= interval.Low && truth <= interval.High) covered++;
            }
        }
        Assert.InRange(covered / 340.0, 0.82, 0.97);
    }

    private static (double[] Scores, double[] Outcomes) TooSure(int rows, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var logOdds = Enumerable.Range(0, rows).Select(_ => 2 * random.Normal()).ToArray();
        return ([.. logOdds.Select(Logistic.Sigmoid)],
            [.. logOdds.Select(s => random.NextUnit() < Logistic.Sigmoid(s / 2 - 0.5) ? 1.0 : 0)]);
    }
}
