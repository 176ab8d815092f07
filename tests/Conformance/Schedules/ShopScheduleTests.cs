using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Schedules over the grains of a shop, among them erasures.</summary>
public abstract class ShopScheduleTests(ITestOutputHelper output) : ScheduleTests(output)
{
    /// <summary>A host that erases by halves fails the schedule of the seed that is named for it.</summary>
    [Theory]
    [InlineData(nameof(Sabotage.ForgetsPendingSends))]
    [InlineData(nameof(Sabotage.ForgetsIdentifiers))]
    [InlineData(nameof(Sabotage.ForgetsOpenErasures))]
    [InlineData(nameof(Sabotage.ErasesAtOnce))]
    [InlineData(nameof(Sabotage.StrandsMovers))]
    public void A_host_that_erases_by_halves_is_caught(string sabotage) => A_host_that_breaks_a_promise_is_caught(sabotage);
}
