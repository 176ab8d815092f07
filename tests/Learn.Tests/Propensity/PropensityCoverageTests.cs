using DToC.Coverage;

namespace DToC.Learn.Tests.Propensity;

/// <summary>Few seeds or customers; bench/Models measures 20 seeds of 2,000 customers.</summary>
public class PropensityCoverageTests
{
    [Fact]
    public void Nine_of_ten_intervals_of_a_logistic_regression_hold_the_probability() => Assert.InRange(
        CoverageShare.Over(20, seed => PropensityCoverage.OfLogistic(seed, 200)), 0.86, 0.94);

    [Fact]
    public void Nine_of_ten_intervals_of_boosted_trees_hold_the_probability() => Assert.InRange(
        CoverageShare.Over(2, seed => PropensityCoverage.OfTrees(seed, 500)), 0.82, 0.97);
}
