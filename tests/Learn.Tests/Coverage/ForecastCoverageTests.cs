using DToC.Coverage;

namespace DToC.Learn.Tests.Coverage;

/// <summary>The bounds of 86% and 94% are for 2,000 customers of 20 seeds, which bench/Models measures.</summary>
public class ForecastCoverageTests
{
    [Fact]
    public void Affinity_interval_holds_the_truth_of_about_nine_in_ten() =>
        Assert.InRange(CoverageShare.Over(3, seed => AffinityCoverage.Of(seed, 300)), 0.84, 0.96);

    [Fact]
    public void Next_event_interval_holds_the_truth_of_about_nine_in_ten() =>
        Assert.InRange(CoverageShare.Over(8, seed => TransitionCoverage.OfEvents(seed, 300)), 0.82, 0.97);

    [Fact]
    public void Next_stage_interval_holds_the_truth_of_about_nine_in_ten() =>
        Assert.InRange(CoverageShare.Over(8, seed => TransitionCoverage.OfStages(seed, 300)), 0.82, 0.97);
}
