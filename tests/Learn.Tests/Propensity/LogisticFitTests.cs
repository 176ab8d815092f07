using DToC.Learn.Propensity;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Learn.Tests.Propensity;

public class LogisticFitTests
{
    [Fact]
    public void Weights_that_made_the_outcomes_are_found_within_their_errors()
    {
        var (table, targets) = Rows(20_000, 3);
        var model = LogisticFit.Of(table, targets);
        double[] made = [0.8, -0.05, 0];
        for (var i = 0; i < made.Length; i++)
        {
            var input = model.Weights[i];
            var error = Math.Sqrt(model.Covariance[(i + 1) * 5]) / input.Scale;
            Assert.InRange(input.Weight / input.Scale, made[i] - 3.5 * error, made[i] + 3.5 * error);
        }
    }

    [Fact]
    public void Mean_of_the_scores_is_the_share_that_came_true()
    {
        var (table, targets) = Rows(2_000, 4);
        var model = LogisticFit.Of(table, targets);
        Assert.Equal(targets.Average(), table.Scores(model).Average(), 1e-6);
    }

    [Fact]
    public void Covariance_of_an_intercept_alone_is_the_textbooks()
    {
        var table = new TrainingTable(400).AddNumbers("constant", new double[400]);
        var targets = Enumerable.Range(0, 400).Select(i => i % 4 == 0 ? 1.0 : 0).ToArray();
        var model = LogisticFit.Of(table, targets);
        Assert.Equal(Math.Log(0.25 / 0.75), model.Intercept, 1e-6);
        Assert.Equal(1 / (400 * 0.25 * 0.75), model.Covariance[0], 1e-6);
    }

    [Fact]
    public void Rows_that_separate_get_finite_weights_and_wide_intervals()
    {
        var table = new TrainingTable(40).AddNumbers("x", [.. Enumerable.Range(0, 40).Select(i => (double)i)]);
        var model = LogisticFit.Of(table, [.. Enumerable.Range(0, 40).Select(i => i < 20 ? 0.0 : 1)]);
        Assert.InRange(model.Weights[0].Weight, 1, 30);
        var interval = Assert.NotNull(model.IntervalOf([19.5], 0.9));
        Assert.True(interval.High - interval.Low > 0.4);
        var same = LogisticFit.Of(table, [.. Enumerable.Repeat(1.0, 40)]);
        Assert.InRange(same.Score([3]), 0.99, 1);
    }

    [Fact]
    public void Missing_and_constant_inputs_say_nothing()
    {
        var (table, targets) = Rows(500, 5);
        var values = table.Column(0).ToArray();
        values[7] = double.NaN;
        values[9] = double.PositiveInfinity;
        var holed = new TrainingTable(500).AddNumbers("x", values)
            .AddNumbers("constant", [.. Enumerable.Repeat(1e9, 500)])
            .AddNumbers("empty", [.. Enumerable.Repeat(double.NaN, 500)]);
        var model = LogisticFit.Of(holed, targets);
        Assert.Equal(0, model.Weights[1].Weight, 1e-9);
        Assert.Equal(model.Score([1, 1e9, 0]), model.Score([1, double.NaN, double.NaN]), 1e-9);
    }

    [Fact]
    public void Input_whose_squares_are_no_numbers_is_fitted_all_the_same()
    {
        double[] huge = [.. Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? 1e300 : i % 3 == 1 ? -1e308 : 1)];
        var table = new TrainingTable(100).AddNumbers("huge", huge);
        double[] targets = [.. Enumerable.Range(0, 100).Select(i => i % 3 == 1 ? 1.0 : 0)];
        var model = LogisticFit.Of(table, targets);
        Assert.True(model.Score([-1e308]) > 0.9);
        Assert.True(model.Score([1]) < 0.1);
    }

    [Fact]
    public void Inputs_of_one_another_are_fitted_all_the_same()
    {
        var (table, targets) = Rows(500, 6);
        var twice = new TrainingTable(500).AddNumbers("x", table.Column(0).ToArray())
            .AddNumbers("again", table.Column(0).ToArray());
        var model = LogisticFit.Of(twice, targets);
        Assert.Equal(model.Weights[0].Weight, model.Weights[1].Weight, 1e-6);
    }

    [Fact]
    public void Category_has_a_column_a_level_and_one_not_seen_is_none_of_them()
    {
        var table = new TrainingTable(4).AddCategory("plan", ["gold", null, "basic", "gold"]);
        Assert.Equal(["plan=basic", "plan=gold"], table.Names);
        Assert.Equal([1, double.NaN, 0, 1], table.Column(1).ToArray());
        var later = new TrainingTable(1).AddCategory("plan", ["silver"], ["basic", "gold"]);
        Assert.Equal(0, later.Column(0)[0] + later.Column(1)[0]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1.5)]
    public void Target_that_is_no_probability_is_refused(double target)
    {
        var table = new TrainingTable(1).AddNumbers("x", [1]);
        Assert.Throws<ArgumentException>(() => LogisticFit.Of(table, [target]));
        Assert.Throws<ArgumentException>(() => LogisticFit.Of(table, [1, 0]));
        Assert.Throws<ArgumentException>(() => LogisticFit.Of(new TrainingTable(0), []));
    }

    private static (TrainingTable Table, double[] Targets) Rows(int rows, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var columns = new[] { new double[rows], new double[rows], new double[rows] };
        var targets = new double[rows];
        for (var r = 0; r < rows; r++)
        {
            (columns[0][r], columns[1][r], columns[2][r]) =
                (random.Normal(), 40 + 12 * random.Normal(), random.NextUnit());
            var logOdds = 1 + 0.8 * columns[0][r] - 0.05 * columns[1][r];
            targets[r] = random.NextUnit() < Logistic.Sigmoid(logOdds) ? 1 : 0;
        }
        var table = new TrainingTable(rows).AddNumbers("x", columns[0]).AddNumbers("age", columns[1])
            .AddNumbers("noise", columns[2]);
        return (table, targets);
    }
}
