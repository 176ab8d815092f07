using DToC.Grains;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Schedules of people who log in.</summary>
public sealed class IdentityScheduleTests(ITestOutputHelper output) : ShopScheduleTests(output)
{
    /// <inheritdoc/>
    protected override Workload Workload { get; } = new IdentityWorkload();

    /// <inheritdoc/>
    protected override ulong FirstSeed => 20_000_001;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, ulong> CatchingSeeds { get; } =
        new Dictionary<string, ulong>(StringComparer.Ordinal)
        {
            [nameof(Sabotage.AcknowledgesBeforeCommit)] = 1,
            [nameof(Sabotage.DropsEffects)] = 1,
            [nameof(Sabotage.SkipsRedelivery)] = 1,
            [nameof(Sabotage.ServesUncommittedReads)] = 4,
            [nameof(Sabotage.TrustsTornWrites)] = 7,
            [nameof(Sabotage.KeepsForgotten)] = 1,
            [nameof(Sabotage.ForgetsPendingSends)] = 11,
            [nameof(Sabotage.ForgetsIdentifiers)] = 1,
            [nameof(Sabotage.ForgetsOpenErasures)] = 1,
            [nameof(Sabotage.ErasesAtOnce)] = 1,
            ["DropsLinks"] = 1,
            ["MergesNobody"] = 1,
            ["ForgetsClaims"] = 1,
            ["RemovesOthersClaims"] = 100,
        };

    /// <summary>It fails a schedule that the sound grain passes.</summary>
    [Fact]
    public void A_customer_that_does_not_tell_its_identifiers_is_caught() => Caught(
        "DropsLinks",
        new ScheduleRunner(new IdentityWorkload(() => MutantGrain.Of("DropsLinks"), () => new IdentityGrain())));

    /// <summary>Each fails some schedule that the sound grains pass.</summary>
    [Theory]
    [InlineData("MergesNobody")]
    [InlineData("ForgetsClaims")]
    [InlineData("RemovesOthersClaims")]
    public void A_table_that_neglects_a_duty_is_caught(string mutation) => Caught(
        mutation,
        new ScheduleRunner(new IdentityWorkload(() => new CustomerGrain(), () => MutantIdentities.Of(mutation))));
}
