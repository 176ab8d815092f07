using DToC.Learn.Simulating;
using DToC.Twin.Draws;

namespace DToC.Learn.Tests.Simulating;

public sealed class UniformityTests
{
    // Critical values of tables: chi-square of 10 and 1 degrees at 5 %, of 19 at 1 %; D sqrt(n) of many at 5 and 1 %.
    [Theory]
    [InlineData(18.307, 10, 0.05)]
    [InlineData(3.841, 1, 0.05)]
    [InlineData(36.191, 19, 0.01)]
    [InlineData(10.117, 19, 0.95)]
    public void Chi_square_tail_agrees_with_tables(double value, int degrees, double probability) =>
        Assert.Equal(probability, UniformityTest.ChiSquareTail(value, degrees), 4);

    // Stephens 1970, table 1: percentage points of the corrected D.
    [Theory]
    [InlineData(1.358, 0.05)]
    [InlineData(1.628, 0.01)]
    [InlineData(1.224, 0.10)]
    public void Kolmogorov_tail_agrees_with_tables(double corrected, double probability)
    {
        const int n = 10_000;
        Assert.Equal(probability, UniformityTest.KolmogorovTail(corrected / (100 + 0.12 + 0.0011), n), 3);
    }

    [Fact]
    public void Uniform_values_pass_and_others_do_not()
    {
        var random = new Xoshiro256(7);
        double[] uniform = [.. Enumerable.Range(0, 2_000).Select(_ => random.NextUnit())];
        double[] skewed = [.. uniform.Select(u => Math.Pow(u, 1.2))];
        double[] narrow = [.. uniform.Select(u => 0.5 + 0.85 * (u - 0.5))];

        Assert.True(UniformityTest.Of(uniform).IsUniformAt(0.01));
        Assert.False(UniformityTest.Of(skewed).IsUniformAt(0.01));
        Assert.False(UniformityTest.Of(narrow).IsUniformAt(0.01));
    }

    [Fact]
    public void A_test_at_one_percent_refuses_about_one_percent_of_uniform_samples()
    {
        var random = new Xoshiro256(11);
        const int rounds = 2_000;
        var (ks, chi) = (0, 0);
        var values = new double[200];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < values.Length; i++) values[i] = random.NextUnit();
            var test = UniformityTest.Of(values);
            ks += test.KolmogorovSmirnov < 0.01 ? 1 : 0;
            chi += test.ChiSquare < 0.01 ? 1 : 0;
        }
        // 20 are due, with a standard deviation of 4.4.
        Assert.InRange(ks, 5, 38);
        Assert.InRange(chi, 5, 38);
    }

    [Fact]
    public void The_transform_of_counts_is_uniform_when_what_came_is_one_more_draw()
    {
        var random = new Xoshiro256(13);
        var (alike, more) = (new double[3_000], new double[3_000]);
        var draws = new long[9];
        for (var i = 0; i < alike.Length; i++)
        {
            // Few draws of small counts, each customer with a mean of its own: most are ties.
            var mean = random.Gamma(0.5, 0.5);
            for (var d = 0; d < draws.Length; d++) draws[d] = random.Poisson(mean);
            var unit = ProbabilityTransform.UnitOf(1, $"c{i}");
            alike[i] = ProbabilityTransform.Of(draws, random.Poisson(mean), unit);
            more[i] = ProbabilityTransform.Of(draws, random.Poisson(1.3 * mean), unit);
        }
        Assert.True(UniformityTest.Of(alike).IsUniformAt(0.01));
        Assert.False(UniformityTest.Of(more).IsUniformAt(0.01));
    }

    [Fact]
    public void What_cannot_be_tested_is_refused()
    {
        Assert.Throws<ArgumentException>(() => UniformityTest.Of(new double[99]));
        Assert.Throws<ArgumentException>(() => UniformityTest.Of([.. Enumerable.Repeat(1.5, 200)]));
        Assert.Throws<ArgumentException>(() => ProbabilityTransform.Of([], 1, 0.5));
        Assert.Throws<ArgumentException>(() => ProbabilityTransform.OfRank(2, 2, 3, 0.5));
    }
}
