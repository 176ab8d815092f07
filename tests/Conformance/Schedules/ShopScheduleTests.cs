using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Schedules over the grains of a shop, among them erasures.</summary>
public abstract class ShopScheduleTests(ITestOutputHelper output) : ScheduleTests(output)
{
    private static readonly Sabotage[] Halves =
    [
        Sabotage.ForgetsPendingSends, Sabotage.ForgetsIdentifiers, Sabotage.ForgetsOpenErasures, Sabotage.ErasesAtOnce,
        Sabotage.StrandsMovers,
    ];

    /// <summary>
    /// A host that erases by halves fails the schedule of the seed that is named for it. Not every workload meets every
    /// half; together they do.
    /// </summary>
    [Fact]
    public void Hosts_that_erase_by_halves_are_caught()
    {
        var met = Halves.Select(half => half.ToString()).Where(CatchingSeeds.ContainsKey).ToList();
        Assert.True(met.Count >= 3, $"{met.Count} have a seed.");
        foreach (var half in met) A_host_that_breaks_a_promise_is_caught(half);
    }
}
