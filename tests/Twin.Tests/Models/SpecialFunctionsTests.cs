using DToC.Twin.Models;

namespace DToC.Twin.Tests.Models;

public class SpecialFunctionsTests
{
    [Fact]
    public void Log_gamma_of_whole_numbers_equals_log_factorial()
    {
        var logFactorial = 0.0;
        for (var n = 1; n <= 170; n++)
        {
            var error = Math.Abs(SpecialFunctions.LogGamma(n) - logFactorial);
            Assert.True(error <= 1e-14 * Math.Max(1, logFactorial), $"n = {n}: off by {error}");
            logFactorial += Math.Log(n);
        }
    }

    [Theory]
    [InlineData(0.5, 0.57236494292470008707)] // ln sqrt(pi)
    [InlineData(1.5, -0.12078223763524522235)] // ln (sqrt(pi) / 2)
    [InlineData(1e-10, 23.025850929882735)] // Abramowitz and Stegun 6.1.33
    [InlineData(10_000.5, 82104.32265412835)]
    public void Log_gamma_of_a_fraction_equals_reference(double x, double expected) =>
        Assert.Equal(expected, SpecialFunctions.LogGamma(x), 1e-14 * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void Log_beta_equals_the_product_it_stands_for()
    {
        foreach (var a in new[] { 0.05, 0.8, 3.5, 12, 250 })
            for (var n = 1; n <= 4_000; n = n * 3 + 1)
            {
                // B(a, n) = (n - 1)! / (a (a + 1) ... (a + n - 1))
                var expected = -Math.Log(a);
                for (var i = 1; i < n; i++) expected -= Math.Log((a + i) / i);
                var tolerance = 1e-12 * Math.Max(1, Math.Abs(expected));
                Assert.Equal(expected, SpecialFunctions.LogBeta(a, n), tolerance);
                Assert.Equal(SpecialFunctions.LogBeta(a, n), SpecialFunctions.LogBeta(n, a));
            }
    }

    [Fact]
    public void Regularized_beta_of_whole_shapes_equals_the_binomial_tail()
    {
        // I_z(k, n - k + 1) = P(Binomial(n, z) >= k), DLMF 8.17.5
        const int n = 30;
        foreach (var z in new[] { 0.001, 0.2, 0.5, 0.97 })
            for (var k = 1; k <= n; k++)
            {
                var tail = 0.0;
                for (var j = n; j >= k; j--)
                    tail += Choose(n, j) * Math.Pow(z, j) * Math.Pow(1 - z, n - j);
                var actual = SpecialFunctions.RegularizedBeta(k, n - k + 1, z, 1 - z);
                Assert.InRange(actual / tail, 1 - 1e-12, 1 + 1e-12);
            }

        static double Choose(int n, int k) => k == 0 ? 1 : Choose(n - 1, k - 1) * n / k;
    }

    [Fact]
    public void Functions_outside_their_domain_are_not_a_number()
    {
        Assert.Equal(double.NaN, SpecialFunctions.LogGamma(0));
        Assert.Equal(double.NaN, SpecialFunctions.LogGamma(-1.5));
        Assert.Equal(double.NaN, SpecialFunctions.LogBeta(1, 0));
        Assert.Equal(double.NaN, SpecialFunctions.RegularizedBeta(1, 1, 1.1, -0.1));
    }

    [Fact]
    public void Small_arguments_keep_their_digits()
    {
        for (var x = 1e-18; x < 1; x *= 7)
        {
            Assert.InRange(SpecialFunctions.Log1P(SpecialFunctions.ExpM1(x)) / x, 1 - 1e-15, 1 + 1e-15);
            // sinh shares no code with either; e^x - 1 and 1 - e^-x average to it.
            var sinh = (SpecialFunctions.ExpM1(x) - SpecialFunctions.ExpM1(-x)) / 2;
            Assert.InRange(sinh / Math.Sinh(x), 1 - 1e-15, 1 + 1e-15);
        }
    }
}
