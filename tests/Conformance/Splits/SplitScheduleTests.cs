using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>
/// Schedules of customers that are merged and split: 100 scripts with 10 random histories each, every one under four
/// schedules of crashes, repetitions and delays.
/// </summary>
public sealed class SplitScheduleTests(ITestOutputHelper output) : ShopScheduleTests(output)
{
    /// <inheritdoc/>
    protected override Workload Workload { get; } = new SplitWorkload();

    /// <inheritdoc/>
    protected override ulong FirstSeed => 20_000_000;

    /// <inheritdoc/>
    protected override ulong Count => 400;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, ulong> CatchingSeeds { get; } =
        new Dictionary<string, ulong>(StringComparer.Ordinal)
        {
            [nameof(Sabotage.AcknowledgesBeforeCommit)] = 1,
            [nameof(Sabotage.DropsEffects)] = 2,
            [nameof(Sabotage.SkipsRedelivery)] = 1,
            [nameof(Sabotage.ServesUncommittedReads)] = 2,
            [nameof(Sabotage.TrustsTornWrites)] = 5,
            [nameof(Sabotage.KeepsForgotten)] = 1,
            [nameof(Sabotage.ForgetsIdentifiers)] = 1,
            [nameof(Sabotage.ForgetsOpenErasures)] = 9,
            [nameof(Sabotage.StrandsMovers)] = 12,
            ["LeadsOnAsItCame"] = 1,
            ["ForgetsWhatWasSentToBoth"] = 1,
            ["KeepsNoParts"] = 59,
            ["ReturnsNothing"] = 1,
        };

    /// <summary>Each fails some schedule that the sound grain passes.</summary>
    [Theory]
    [InlineData("LeadsOnAsItCame")]
    [InlineData("ForgetsWhatWasSentToBoth")]
    [InlineData("KeepsNoParts")]
    [InlineData("ReturnsNothing")]
    public void A_grain_that_cannot_tell_them_apart_is_caught(string mutation)
    {
        Caught(mutation, new ScheduleRunner(new SplitWorkload(() => MutantGrain.Of(mutation))));
    }
}
