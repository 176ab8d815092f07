using DToC.Twin.Draws;

namespace DToC.Twin.Tests.Draws;

/// <summary>
/// Sample means within 4.5 standard errors of the exact ones, and where it is cheap the variance too.
/// </summary>
public class VariatesTests
{
    private const int Draws = 200_000;

    private static (double Mean, double Variance) Moments(Func<Xoshiro256, double> draw)
    {
        var random = new Xoshiro256(7);
        double sum = 0, squares = 0;
        for (var i = 0; i < Draws; i++)
        {
            var value = draw(random);
            sum += value;
            squares += value * value;
        }
        var mean = sum / Draws;
        return (mean, squares / Draws - mean * mean);
    }

    private static void Near(double expected, double sd, double actual) =>
        Assert.InRange(actual, expected - 4.5 * sd / Math.Sqrt(Draws), expected + 4.5 * sd / Math.Sqrt(Draws));

    [Fact]
    public void Gamma_has_its_mean_and_variance_below_and_above_shape_one()
    {
        foreach (var (shape, rate) in new[] { (0.24, 4.4), (1.0, 2.0), (6.25, 0.5) })
        {
            var (mean, variance) = Moments(random => random.Gamma(shape, rate));
            Near(shape / rate, Math.Sqrt(shape) / rate, mean);
            Assert.InRange(variance * rate * rate / shape, 0.95, 1.05);
        }
    }

    [Fact]
    public void Beta_has_its_mean_and_variance()
    {
        const double a = 0.79, b = 2.43;
        var exact = a * b / ((a + b) * (a + b) * (a + b + 1));
        var (mean, variance) = Moments(random => random.Beta(a, b));
        Near(a / (a + b), Math.Sqrt(exact), mean);
        Assert.InRange(variance / exact, 0.97, 1.03);
    }

    [Fact]
    public void Poisson_has_equal_mean_and_variance_also_above_one_chunk()
    {
        foreach (var expected in new[] { 0.3, 4.0, 75.0 })
        {
            var (mean, variance) = Moments(random => random.Poisson(expected));
            Near(expected, Math.Sqrt(expected), mean);
            Assert.InRange(variance / expected, 0.97, 1.03);
        }
    }

    [Fact]
    public void Normal_is_standard()
    {
        var (mean, variance) = Moments(random => random.Normal());
        Near(0, 1, mean);
        Assert.InRange(variance, 0.98, 1.02);
    }

    [Fact]
    public void Zipf_ranks_have_their_probabilities()
    {
        foreach (var exponent in new[] { 0.7, 1.0, 1.3 })
        {
            var counts = new int[51];
            var random = new Xoshiro256(11);
            for (var i = 0; i < Draws; i++)
                counts[random.Zipf(50, exponent)]++;
            var total = Enumerable.Range(1, 50).Sum(rank => Math.Pow(rank, -exponent));
            foreach (var rank in new[] { 1, 2, 3, 10, 50 })
            {
                var p = Math.Pow(rank, -exponent) / total;
                Near(p, Math.Sqrt(p * (1 - p)), counts[rank] / (double)Draws);
            }
            Assert.Equal(0, counts[0]);
        }
    }
}
