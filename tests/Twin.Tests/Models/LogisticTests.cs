using DToC.Twin.Models;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.Models;

public class LogisticTests
{
    private static readonly Logistic Model = new(-1, [
        new("visits", Weight: 2, Mean: 10, Scale: 4),
        new("age", Weight: -0.5),
        new("calls", Weight: 1, Mean: 5, WhenMissing: 8),
    ]);

    [Fact]
    public void Score_equals_the_sigmoid_of_the_weighted_sum()
    {
        // -1 + 2 (12 - 10) / 4 - 0.5 * 3 + (6 - 5) = -0.5
        Assert.Equal(1 / (1 + Math.Exp(0.5)), Model.Score([12, 3, 6]), 1e-15);
    }

    [Fact]
    public void Missing_feature_counts_as_its_replacement_or_its_mean()
    {
        double[] missing = [double.PositiveInfinity, 0, double.NaN];
        Assert.Equal(Model.Score([10, 0, 8]), Model.Score(missing));
    }

    [Fact]
    public void Contributions_sum_to_the_log_odds() => Prop.ForAll((double a, double b, double c) =>
    {
        Span<double> reasons = stackalloc double[3];
        ReadOnlySpan<double> features = [a, b, c];
        Model.Contributions(features, reasons);
        var logOdds = Model.Intercept + reasons[0] + reasons[1] + reasons[2];
        return Model.Score(features) == Logistic.Sigmoid(logOdds) && Model.Score(features) is >= 0 and <= 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Huge_opposite_inputs_give_a_probability()
    {
        var model = new Logistic(0, [new("a", 1e300, Scale: 1e-300), new("b", -1e300, Scale: 1e-300)]);
        Assert.Equal(0.5, model.Score([double.MaxValue, double.MaxValue]));
        Assert.Equal(1, model.Score([double.MaxValue, 0]));
        Assert.Equal(0, model.Score([0, double.MaxValue]));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1_000, 1)]
    [InlineData(-1_000, 0)]
    [InlineData(-700, 9.8596765437597708e-305)]
    public void Sigmoid_is_safe_on_both_sides(double x, double expected) =>
        Assert.Equal(expected, Logistic.Sigmoid(x), expected * 1e-12);

    [Fact]
    public void Validate_names_the_wrong_value()
    {
        Assert.Contains("intercept", Logistic.Validate(double.NaN, []));
        Assert.Contains("'a': weight", Logistic.Validate(0, [new("a", double.PositiveInfinity)]));
        Assert.Contains("mean", Logistic.Validate(0, [new("a", 1, Mean: double.NaN)]));
        Assert.Contains("scale", Logistic.Validate(0, [new("a", 1, Scale: 0)]));
        Assert.Contains("missing", Logistic.Validate(0, [new("a", 1, WhenMissing: double.NaN)]));
        Assert.Contains("4 or none", Logistic.Validate(0, [new("a", 1)], [1, 0]));
        Assert.Throws<ArgumentException>(() => new Logistic(0, [new("a", 1, Scale: -1)]));
        Assert.Throws<ArgumentException>(() => new Logistic(0, [new("a", 1), new("a", 2)]));
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var (features, reasons) = (new double[] { 1, double.NaN, 4 }, new double[3]);
        Allocation.IsNone(() =>
        {
            reasons[0] += Model.Score(features);
            Model.Contributions(features, reasons);
        });
    }
}
