using DToC.Coverage;

namespace DToC.Learn.Tests.Coverage;

public class CoverageTests
{
    public static TheoryData<string> Kinds => [.. CoverageExperiments.All.Select(experiment => experiment.Kind)];

    // The bounds of 86% and 94% are for 2,000 customers of 20 seeds, which bench/Models measures; chance
    // needs more room here.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Interval_of_nine_tenths_holds_the_truth_of_about_nine_in_ten(string kind)
    {
        var shares = CoverageExperiments.All.Single(e => e.Kind == kind).Figures(customers: 800, seeds: 3);
        Assert.InRange(shares[0], 0.82, 0.98);
    }
}
