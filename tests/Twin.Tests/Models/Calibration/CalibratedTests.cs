using System.Text;
using DToC.Twin.Models;
using DToC.Twin.Models.Calibration;
using DToC.Twin.Models.Trees;

namespace DToC.Twin.Tests.Models.Calibration;

public class CalibratedTests
{
    private static readonly Logistic Inner = new(0, [new("visits", 1)]);

    [Fact]
    public void Isotonic_map_draws_lines_between_its_knots_and_is_flat_beyond()
    {
        var map = new IsotonicMap([new(1, 0.2, 10), new(3, 0.6, 10)]);
        Assert.Equal(0.2, map.Of(double.NegativeInfinity));
        Assert.Equal(0.4, map.Of(2), 1e-12);
        Assert.Equal(0.6, map.Of(1e9));
        Assert.Equal(double.NaN, map.Of(double.NaN));
    }

    [Fact]
    public void Platt_map_of_slope_one_leaves_a_probability_as_it_is()
    {
        var map = new PlattMap(1, 0, isOfLogOdds: true);
        foreach (var probability in new[] { 1e-6, 0.2, 0.5, 0.999 })
            Assert.Equal(probability, map.Of(probability), 1e-12);
        Assert.Equal(CalibrationMap.MinProbability, map.Of(0), 1e-15);
        Assert.Equal(0.5, new PlattMap(2, -6, isOfLogOdds: false).Of(3), 1e-12);
    }

    [Fact]
    public void Maps_that_fall_or_are_empty_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new IsotonicMap([]));
        Assert.Throws<ArgumentException>(() => new IsotonicMap([new(1, 0.6, 1), new(2, 0.5, 1)]));
        Assert.Throws<ArgumentException>(() => new IsotonicMap([new(1, 0.5, 1), new(1, 0.6, 1)]));
        Assert.Throws<ArgumentException>(() => new IsotonicMap([new(1, 1, 1)]));
        Assert.Throws<ArgumentException>(() => new IsotonicMap([new(1, 0.5, -1)]));
        Assert.Throws<ArgumentException>(() => new PlattMap(-1, 0, isOfLogOdds: false));
        Assert.Throws<ArgumentException>(() => new PlattMap(1, 0, isOfLogOdds: false, [1, 2]));
    }

    [Fact]
    public void Map_of_another_kind_is_refused_by_name()
    {
        var stored = Encoding.UTF8.GetString(
            ModelFile.Of(new Calibrated(Inner, new PlattMap(1, 0, isOfLogOdds: true))).ToBytes());
        var refusal = Assert.Throws<InvalidDataException>(
            () => ModelFile.Read(Encoding.UTF8.GetBytes(stored.Replace("\"platt\"", "\"beta\""))));
        Assert.Contains("'beta'", refusal.Message);
    }

    [Fact]
    public void Interval_without_any_of_the_model_is_that_of_the_pooled_outcomes()
    {
        var few = new Calibrated(Inner, new IsotonicMap([new(0.5, 0.3, 10)]));
        var many = new Calibrated(Inner, new IsotonicMap([new(0.5, 0.3, 1_000)]));
        var wide = Assert.NotNull(few.IntervalOf([0], 0.9));
        var narrow = Assert.NotNull(many.IntervalOf([0], 0.9));
        // 1.645 standard errors either way of 300 of 1,000.
        Assert.Equal(2 * 1.645 * Math.Sqrt(0.3 * 0.7 / 1_000), narrow.High - narrow.Low, 0.006);
        Assert.True(wide.High - wide.Low > 5 * (narrow.High - narrow.Low));
        Assert.Null(new Calibrated(Inner, new IsotonicMap([new(0.5, 0.3, 0)])).IntervalOf([0], 0.9));
    }

    [Fact]
    public void Spread_of_other_inputs_or_another_link_is_refused()
    {
        var exp = new TreeOutput { Link = MarginLink.Exp };
        Assert.Throws<ArgumentException>(() => new Uncertain(Inner, new TreeEnsemble(["calls"], [], exp)));
        Assert.Throws<ArgumentException>(() => new Uncertain(Inner, new TreeEnsemble(["visits"], [], TreeOutput.Sum)));
        Assert.Throws<ArgumentException>(() => new Calibrated(
            new Calibrated(Inner, new PlattMap(1, 0, true)), new PlattMap(1, 0, true)));
    }

    [Fact]
    public void Interval_of_an_uncertain_model_is_normal_in_log_odds()
    {
        var model = new Uncertain(
            Inner, new TreeEnsemble(["visits"], [], new TreeOutput { Link = MarginLink.Exp, Start = [Math.Log(0.5)] }));
        var interval = Assert.NotNull(model.IntervalOf([0], 0.9));
        Assert.Equal(Logistic.Sigmoid(-0.8224), interval.Low, 0.03);
        Assert.Equal(Logistic.Sigmoid(0.8224), interval.High, 0.03);
    }
}
