using System.Numerics;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Segments.Differences;

namespace DToC.Twin.Tests.Segments;

/// <summary>
/// Golden values were computed with 40 digits (mpmath 1.3: incomplete beta and complementary error function), apart
/// from those that name the paper they were printed in.
/// </summary>
public class DifferenceTests
{
    private static readonly double[] Those =
        [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];

    private static readonly double[] Others =
        [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.0];

    [Fact]
    public void Welch_gives_statistic_probability_interval_and_lift()
    {
        var contrast = WelchTest.Of(Moments.Of(Those), Moments.Of(Others), 0.95);
        Assert.Equal(-2.8291649048617378, contrast.Statistic, 1e-12);
        Assert.Equal(0.0085517783114188066, contrast.Probability, 1e-13);
        Assert.Equal(-4.8391817155910742, contrast.Interval!.Value.Low, 1e-9);
        Assert.Equal(-0.77415161774225913, contrast.Interval.Value.High, 1e-9);
        Assert.Equal(0.88120767494356659, contrast.Lift, 1e-12);
        Assert.Equal(0.80666746882513321, contrast.LiftInterval!.Value.Low, 1e-12);
        Assert.Equal(0.96263577792521536, contrast.LiftInterval.Value.High, 1e-12);
    }

    [Fact]
    public void Moments_of_exact_sums_are_those_of_the_values()
    {
        var units = Those.Select(value => (BigInteger)Math.Round(value * 10)).ToList();
        var of = Moments.Of(
            units.Count, units.Aggregate(BigInteger.Add), units.Select(u => u * u).Aggregate(BigInteger.Add), 10);
        var plain = Moments.Of(Those);
        Assert.Equal((plain.Count, plain.Mean), (of.Count, of.Mean), (a, b) =>
            a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 1e-12);
        Assert.Equal(plain.Variance, of.Variance, 1e-12);
        // Nothing cancels: values that differ by 1 in 10^12.
        var far = Moments.Of(2, 2 * BigInteger.Pow(10, 12) + 1, BigInteger.Pow(10, 24) + BigInteger.Pow(
            BigInteger.Pow(10, 12) + 1, 2), 1);
        Assert.Equal(0.5, far.Variance);
        Assert.Equal(Moments.None, Moments.Of([double.NaN, double.PositiveInfinity]));
    }

    [Theory]
    [InlineData(5, 2.5, 0.054490099342376241)]
    [InlineData(1.5, 0.3, 0.80047219680358486)]
    [InlineData(30, 6, 1.3942768767204743e-6)]
    [InlineData(99_999, 3, 0.0027004608907134292)]
    public void Tails_of_t_are_as_computed_elsewhere(double freedom, double t, double beyond)
    {
        Assert.Equal(beyond, StudentT.Beyond(t, freedom), beyond * 1e-10);
        Assert.Equal(t, StudentT.Quantile(1 - beyond, freedom), t * 1e-6);
    }

    [Theory]
    [InlineData(3, 2.3533634348018239)]
    [InlineData(40, 1.6838510133356526)]
    public void Quantiles_of_t_are_as_computed_elsewhere(double freedom, double t) =>
        Assert.Equal(t, StudentT.Quantile(0.9, freedom), 1e-9);

    [Theory]
    [InlineData(0.1, 0.92034432544594204)]
    [InlineData(-1.5, 0.13361440253771613)]
    [InlineData(2.8, 0.0051102606608558656)]
    [InlineData(2.9, 0.0037316266007680759)]
    [InlineData(-5, 5.7330314375838782e-7)]
    [InlineData(10, 1.5239706048321052e-23)]
    [InlineData(37, 1.1451142445049154e-299)]
    public void Tails_of_the_normal_are_as_computed_elsewhere(double z, double beyond) =>
        Assert.Equal(beyond, NormalTail.Beyond(z), beyond * 1e-12);

    /// <summary>The interval of the difference is printed in Newcombe 1998, table II, example (a), method 10.</summary>
    [Fact]
    public void Shares_give_statistic_probability_interval_and_lift()
    {
        var contrast = ShareTest.Of(56, 70, 48, 80, 0.95);
        Assert.Equal(0.2, contrast.Difference, 1e-15);
        Assert.Equal(0.0524, contrast.Interval!.Value.Low, 0.00005);
        Assert.Equal(0.3339, contrast.Interval.Value.High, 0.00005);
        Assert.Equal(2.6501719512585326, contrast.Statistic, 1e-12);
        Assert.Equal(0.0080450813681965847, contrast.Probability, 1e-14);
        Assert.Equal(1.0766264227631927, contrast.LiftInterval!.Value.Low, 1e-12);
        Assert.Equal(1.651248511266387, contrast.LiftInterval.Value.High, 1e-12);
    }

    /// <summary>The example of Benjamini and Hochberg 1995, section 3.3: at 5% the first four are called.</summary>
    [Fact]
    public void Correction_calls_what_the_paper_calls()
    {
        double[] asked =
        [
            0.5719, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.6528,
            0.7590, 1.000,
        ];
        var corrected = FalseDiscovery.Correct([double.NaN, .. asked]);
        Assert.True(double.IsNaN(corrected[0]));
        Assert.Equal(
            [0.0001, 0.0004, 0.0019, 0.0095],
            asked.Where((_, i) => corrected[i + 1] <= 0.05).Order());
        Assert.Equal(0.0095 * 15 / 4, corrected[5], 1e-15);
        Assert.Equal(0.0298 * 15 / 7, corrected[7], 1e-15); // 0.0278 * 15 / 6 is more
        Assert.All(corrected.Skip(1), q => Assert.InRange(q, 0, 1));
    }

    [Fact]
    public void Where_there_is_no_difference_as_many_are_called_as_is_said()
    {
        var random = new Xoshiro256(20261123);
        var (means, shares, asked) = (0, 0, 4_000);
        for (var i = 0; i < asked; i++)
        {
            var narrow = Moments.Of(Enumerable.Range(0, 12).Select(_ => random.Normal()));
            var wide = Moments.Of(Enumerable.Range(0, 30).Select(_ => 4 * random.Normal()));
            if (WelchTest.Of(narrow, wide, 0.9).Probability < 0.05) means++;
            var have = Enumerable.Range(0, 200).Count(_ => random.NextUnit() < 0.3);
            var otherHave = Enumerable.Range(0, 500).Count(_ => random.NextUnit() < 0.3);
            if (ShareTest.Of(have, 200, otherHave, 500, 0.9).Probability < 0.05) shares++;
        }
        // 4.5 standard errors of a share of 5% in 4,000.
        Assert.InRange((double)means / asked, 0.0345, 0.0655);
        Assert.InRange((double)shares / asked, 0.0345, 0.0655);
    }

    [Fact]
    public void Of_few_nothing_is_said()
    {
        var few = Moments.Of(Those.Take(4));
        Assert.Equal(NotCompared.TooFew, WelchTest.Of(few, Moments.Of(Others), 0.9).Reason);
        Assert.Equal(NotCompared.TooFew, WelchTest.Of(Moments.Of(Others), few, 0.9).Reason);
        Assert.Equal(NotCompared.NoSpread, WelchTest.Of(new(9, 1, 0), new(9, 2, 0), 0.9).Reason);
        Assert.Equal(NotCompared.TooFew, ShareTest.Of(4, 100, 50, 100, 0.9).Reason); // four have it
        Assert.Equal(NotCompared.TooFew, ShareTest.Of(50, 100, 98, 100, 0.9).Reason); // two have not
        Assert.Equal(NotCompared.TooFew, ShareTest.Of(0, 6, 5, 600, 0.9).Reason); // Cochran's rule
        Assert.Equal(NotCompared.NoSpread, ShareTest.Of(0, 60, 0, 60, 0.9).Reason);
        var none = ShareTest.Of(0, 60, 30, 60, 0.9);
        Assert.Equal((NotCompared.None, true), (none.Reason, double.IsNaN(none.Lift)));
        Assert.True(none.Interval!.Value.High < 0);
        Assert.True(double.IsNaN(WelchTest.Of(new(9, -1, 2), new(9, 2, 1), 0.9).Lift));
    }
}
