using DToC.Grains;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Schedules of customers.</summary>
public sealed class CustomerScheduleTests(ITestOutputHelper output) : ShopScheduleTests(output)
{
    /// <inheritdoc/>
    protected override Workload Workload { get; } = new CustomerWorkload();

    /// <inheritdoc/>
    protected override ulong FirstSeed => 10_000_001;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, ulong> CatchingSeeds { get; } =
        new Dictionary<string, ulong>(StringComparer.Ordinal)
        {
            [nameof(Sabotage.AcknowledgesBeforeCommit)] = 1,
            [nameof(Sabotage.DropsEffects)] = 1,
            [nameof(Sabotage.SkipsRedelivery)] = 1,
            [nameof(Sabotage.ServesUncommittedReads)] = 2,
            [nameof(Sabotage.TrustsTornWrites)] = 5,
            [nameof(Sabotage.KeepsForgotten)] = 1,
            [nameof(Sabotage.ForgetsIdentifiers)] = 1,
            [nameof(Sabotage.ForgetsOpenErasures)] = 14,
            [nameof(Sabotage.StrandsMovers)] = 44,
            ["SkipsTheDuplicateCheck"] = 1,
            ["TakesEventsAsTheyCome"] = 1,
            ["DropsJournalEntries"] = 1,
            ["DropsWakeUps"] = 1,
            ["DropsLinks"] = 1,
            ["PublishesWhatItDoesNotKeep"] = 1,
            ["ForgetsContacts"] = 1,
            ["IgnoresConsent"] = 1,
            ["ForgetsWhomItTookIn"] = 20,
            ["CountsTwice"] = 20,
            ["MixesPersonas"] = 1,
            ["WakesAgain"] = 9,
            ["KeepsTheForgotten"] = 1,
        };

    /// <summary>Each fails some schedule that the sound grain passes.</summary>
    [Theory]
    [InlineData("SkipsTheDuplicateCheck")]
    [InlineData("TakesEventsAsTheyCome")]
    [InlineData("DropsJournalEntries")]
    [InlineData("DropsWakeUps")]
    [InlineData("DropsLinks")]
    [InlineData("PublishesWhatItDoesNotKeep")]
    [InlineData("ForgetsContacts")]
    [InlineData("IgnoresConsent")]
    [InlineData("ForgetsWhomItTookIn")]
    [InlineData("CountsTwice")]
    [InlineData("MixesPersonas")]
    [InlineData("WakesAgain")]
    [InlineData("KeepsTheForgotten")]
    public void A_grain_that_neglects_a_duty_is_caught(string mutation)
    {
        Caught(mutation, new ScheduleRunner(new CustomerWorkload(() => MutantGrain.Of(mutation))));
    }
}
