using DToC.Twin.Models.CustomerBase;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.Models.CustomerBase;

public class BgNbdTests
{
    private static readonly BgNbd Cdnow = new(0.243, 4.414, 0.793, 2.426);

    // From the sum of P(N > k) (b)_k / (a + b)_k over k, N negative binomial, with 60 decimal digits: a form
    // that shares no step with the code under test. The last column is E[X(t)] of r, alpha, a, b at t.
    [Theory]
    [InlineData(0.243, 4.414, 0.793, 2.426, 78, 1.8605190579427686)]
    [InlineData(0.243, 4.414, 1, 2.426, 78, 1.6205935075393696)]
    [InlineData(0.243, 4.414, 1.0000001, 2.426, 78, 1.6205934088541856)]
    [InlineData(0.243, 4.414, 0.3, 0.5, 40, 1.1908088011620532)]
    [InlineData(0.243, 4.414, 0.3, 0.7, 40, 1.3032796852758382)] // a + b = 1: a pole of the textbook form
    [InlineData(0.243, 4.414, 5, 2, 1, 0.050131567883674989)]
    [InlineData(0.243, 4.414, 0.793, 2.426, 1e-6, 5.505210502292042e-8)]
    [InlineData(0.25, 4, 0.8, 2.5, 4_000, 11.740641607780903)] // z = 0.999
    [InlineData(0.25, 4, 0.8, 2.5, 20_000, 19.554727613557777)]
    [InlineData(10.465, 4, 0.5, 0.3, 300, 21.936783667753566)]
    [InlineData(100.5, 4, 0.5, 0.3, 30, 21.732429335099283)]
    [InlineData(2, 4, 50, 40, 500, 1.815943578231769)]
    [InlineData(0.1, 1, 0.05, 0.2, 2_000, 116.48216079540306)]
    [InlineData(200.25, 44, 0.8, 202.5, 39, 135.79742816572224)] // x = 200
    [InlineData(10_000.25, 20_004, 0.8, 10_002.5, 365, 181.15098146853788)] // x = 10,000
    [InlineData(10_000.25, 5, 0.8, 10_002.5, 3, 4928.3160545087512)]
    [InlineData(0.5, 10, 3000, 2000, 40, 0.76282641215204239)]
    [InlineData(0.5, 10, 3000, 2000, 100000.0, 1.6453688009826033)]
    [InlineData(0.001, 1, 0.001, 0.002, 50, 0.034546408650914032)]
    [InlineData(2, 5, 0.01, 300, 3000, 1185.7929779365111)]
    [InlineData(3, 0.001, 1.5, 0.01, 2, 1.0197349132097002)]
    public void Expectation_equals_a_long_sum_in_60_digits(
        double r, double alpha, double a, double b, double t, double expected)
    {
        var actual = PurchaseExpectation.WhileAlive(r, alpha, a, b, t);
        Assert.InRange(actual / expected, 1 - 1e-11, 1 + 1e-11);
        Assert.InRange(PurchaseExpectation.ByIntegral(r, alpha, a, b, t) / expected, 1 - 1e-11, 1 + 1e-11);
    }

    [Fact]
    public void Expectation_equals_the_textbook_form_with_2F1()
    {
        var histories = new[] { (0.0, 0.0, 0.0), (2, 30.43, 38.86), (26, 30.86, 31), (7, 20, 100) };
        foreach (var (x, tx, T) in histories)
            foreach (var t in new[] { 0.1, 5, 39, 78 })
            {
                var (r, alpha, a, b) = (Cdnow.R + x, Cdnow.Alpha + T, Cdnow.A, Cdnow.B + x);
                var z = t / (alpha + t);
                var bracket = 1 - Math.Pow(1 - z, r) * Gauss2F1(r, b, a + b - 1, z);
                var expected = Cdnow.ProbabilityAlive(x, tx, T) * (a + b - 1) / (a - 1) * bracket;
                Assert.InRange(Cdnow.ExpectedPurchases(x, tx, T, t) / expected, 1 - 1e-9, 1 + 1e-9);
            }

        static double Gauss2F1(double a, double b, double c, double z)
        {
            var (term, sum) = (1.0, 1.0);
            for (var n = 0; term > 1e-17 * sum; n++)
                sum += term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
            return sum;
        }
    }

    [Fact]
    public void Series_and_integral_agree_where_both_apply() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Histories(), h =>
        {
            var (model, x, _, T) = h;
            var (r, alpha, b) = (model.R + x, model.Alpha + T, model.B + x);
            var series = PurchaseExpectation.BySeries(r, alpha, model.A, b, T + 1);
            var integral = PurchaseExpectation.ByIntegral(r, alpha, model.A, b, T + 1);
            return double.IsNaN(series) || Math.Abs(series - integral) <= 1e-9 * integral;
        }));

    [Fact]
    public void Probabilities_of_all_counts_sum_to_one_and_average_to_the_expectation()
    {
        var (total, mean) = (0.0, 0.0);
        for (var x = 0; x <= 2_000; x++)
        {
            var p = Cdnow.ProbabilityOfPurchases(x, 39);
            total += p;
            mean += x * p;
        }
        Assert.Equal(1, total, 1e-12);
        Assert.Equal(Cdnow.UnconditionalPurchases(39), mean, 1e-11);
    }

    [Fact]
    public void Probability_far_in_the_tail_keeps_its_digits()
    {
        // All terms of P(X(0.001) = 50) are about 1e-190: one minus a sum would leave nothing of them.
        var ratio = Cdnow.ProbabilityOfPurchases(51, 0.001) / Cdnow.ProbabilityOfPurchases(50, 0.001);
        Assert.InRange(ratio, 1e-4, 3e-4); // z (r + x) / (x + 1) times (b + x) / (a + b + x), z = 0.000227
    }

    [Fact]
    public void Scores_are_in_range_monotone_and_finite() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Histories(), h =>
        {
            var (model, x, tx, T) = h;
            var alive = model.ProbabilityAlive(x, tx, T);
            var seenLater = model.ProbabilityAlive(x, tx + (T - tx) / 3, T);
            var soon = model.ExpectedPurchases(x, tx, T, 10);
            var later = model.ExpectedPurchases(x, tx, T, 11);
            return alive is >= 0 and <= 1 && seenLater >= alive && seenLater <= 1
                && soon >= 0 && later >= soon && double.IsFinite(later)
                && double.IsFinite(model.LogLikelihood(x, tx, T))
                && model.ProbabilityOfPurchases(x, T) is >= 0 and <= 1 + 1e-12
                && model.ExpectedPurchases(x, tx, T, 0) == 0;
        }));

    [Fact]
    public void Extreme_histories_stay_finite()
    {
        foreach (var x in new double[] { 0, 1, 2, 99, 1_000, 10_000 })
            foreach (var T in new[] { 0, 1e-6, 1, 365, 20_000 })
                foreach (var share in new[] { 0, 0.5, 0.999999, 1 })
                {
                    var (tx, because) = (T * share, $"x = {x}, tx = {T * share}, T = {T}");
                    var alive = Cdnow.ProbabilityAlive(x, tx, T);
                    Assert.True(alive is >= 0 and <= 1, because);
                    Assert.True(x != 0 || alive == 1, because);
                    Assert.True(double.IsFinite(Cdnow.LogLikelihood(x, tx, T)), because);
                    foreach (var horizon in new double[] { 0, 1, 365, 20_000 })
                    {
                        var expected = Cdnow.ExpectedPurchases(x, tx, T, horizon);
                        Assert.True(expected >= 0 && double.IsFinite(expected), because);
                    }
                }
    }

    [Fact]
    public void Just_bought_again_beats_silent_for_long()
    {
        Assert.InRange(Cdnow.ProbabilityAlive(1_000, 500, 500), 0.999, 1);
        Assert.InRange(Cdnow.ProbabilityAlive(1_000, 100, 500), 0, 1e-9);
    }

    [Fact]
    public void Impossible_input_is_not_a_number()
    {
        Assert.Equal(double.NaN, Cdnow.ProbabilityAlive(-1, 0, 10));
        Assert.Equal(double.NaN, Cdnow.ProbabilityAlive(2, 11, 10));
        Assert.Equal(double.NaN, Cdnow.LogLikelihood(double.NaN, 1, 10));
        Assert.Equal(double.NaN, Cdnow.ExpectedPurchases(2, 5, 10, -1));
        Assert.Equal(double.NaN, Cdnow.UnconditionalPurchases(double.PositiveInfinity));
        Assert.Equal(double.NaN, default(BgNbd).ProbabilityOfPurchases(1, 1));
        Assert.Equal(double.NaN, (Cdnow with { A = 1e300 }).UnconditionalPurchases(1));
        Assert.Equal(double.NaN, (Cdnow with { Alpha = double.Epsilon }).ExpectedPurchases(0, 0, 0, 365));
        var atTheLimits = Cdnow with { Alpha = 1e-300, A = 9_999 };
        Assert.True(double.IsFinite(atTheLimits.ExpectedPurchases(0, 0, 0, 365)));
    }

    [Theory]
    [InlineData(0, 1, 1, 1, "'r'")]
    [InlineData(1, double.NaN, 1, 1, "'alpha'")]
    [InlineData(1, 1, -2, 1, "'a'")]
    [InlineData(1, 1, 1, 1e9, "'b'")]
    public void Validate_names_the_wrong_parameter(
        double r, double alpha, double a, double b, string expected)
    {
        Assert.Contains(expected, new BgNbd(r, alpha, a, b).Validate());
        Assert.Null(Cdnow.Validate());
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var sink = 0.0;
        Allocation.IsNone(() => sink += Cdnow.LogLikelihood(2, 30, 39) + Cdnow.ProbabilityAlive(2, 30, 39)
            + Cdnow.ExpectedPurchases(2, 30, 39, 39) + Cdnow.UnconditionalPurchases(4_000)
            + Cdnow.ProbabilityOfPurchases(3, 39));
        Assert.True(double.IsFinite(sink));
    }

    private static Arbitrary<(BgNbd Model, double X, double Tx, double T)> Histories()
    {
        var shape = Gen.Choose(1, 4_000).Select(i => i / 1_000.0);
        var share = Gen.Choose(0, 1_000).Select(i => i / 1_000.0);
        var counts = Gen.Frequency(
            (2, Gen.Choose(0, 5)), (2, Gen.Choose(0, 300)), (1, Gen.Choose(0, 10_000)));
        return (from r in shape
                from alpha in Gen.Choose(1, 50_000).Select(i => i / 1_000.0)
                from a in shape
                from b in shape
                from x in counts
                from T in Gen.Frequency((3, Gen.Choose(0, 400)), (1, Gen.Choose(0, 20_000)))
                from recency in share
                select (new BgNbd(r, alpha, a, b), (double)x, T * recency, (double)T)).ToArbitrary();
    }
}
