using DToC.Twin.Models;

namespace DToC.Twin.Tests.Models;

public class NormalQuantileTests
{
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.25, -0.6744897501960817)] // Wichura's own check values
    [InlineData(0.001, -3.090232306167813)]
    [InlineData(1e-20, -9.262340089798408)]
    [InlineData(0.975, 1.959963984540054)]
    public void Quantile_equals_published(double probability, double expected) =>
        Assert.Equal(expected, NormalQuantile.Of(probability), 1e-14 * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void Outside_of_probabilities_there_is_none()
    {
        Assert.Equal(double.NaN, NormalQuantile.Of(0));
        Assert.Equal(double.NaN, NormalQuantile.Of(1));
        Assert.Equal(double.NaN, NormalQuantile.Of(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalQuantile.IntervalOf(0, 1, 1));
    }
}
