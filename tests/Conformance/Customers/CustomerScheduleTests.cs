using DToC.Grains;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Schedules of customers.</summary>
public sealed class CustomerScheduleTests(ITestOutputHelper output) : ScheduleTests(output)
{
    /// <inheritdoc/>
    protected override Workload Workload { get; } = new CustomerWorkload();

    /// <inheritdoc/>
    protected override ulong FirstSeed => 10_000_001;

    /// <summary>Each fails some schedule that the sound grain passes.</summary>
    [Theory]
    [InlineData("ForgetsWhatItHasFolded")]
    [InlineData("TakesEventsAsTheyCome")]
    [InlineData("DropsJournalEntries")]
    [InlineData("DropsWakeUps")]
    [InlineData("DropsLinks")]
    [InlineData("PublishesWhatItDoesNotKeep")]
    [InlineData("ForgetsContacts")]
    [InlineData("IgnoresConsent")]
    [InlineData("ForgetsWhomItTookIn")]
    [InlineData("CountsTwice")]
    [InlineData("WakesAgain")]
    public void A_grain_that_neglects_a_duty_is_caught(string mutation)
    {
        var caught = Caught(new ScheduleRunner(new CustomerWorkload(() => MutantGrain.Of(mutation))));
        Output.WriteLine($"{mutation} is caught by seed {caught.Seed}: {caught.Problems[0]}");
    }
}
