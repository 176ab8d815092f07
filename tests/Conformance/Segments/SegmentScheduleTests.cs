using System.Globalization;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Segments are what a scan over all twins gives, whatever crashes, repeats, merges and is erased.</summary>
public sealed class SegmentScheduleTests(ITestOutputHelper output)
{
    private const ulong FirstSeed = 20_000_001;
    private const long Schedules = 400;

    /// <summary>DTOC_SCHEDULES runs another number of them; the usual one has more than 100,000 events.</summary>
    [Fact]
    public void Segments_after_random_events_and_crashes_equal_brute_force()
    {
        var count = Environment.GetEnvironmentVariable("DTOC_SCHEDULES") is { } given
            ? long.Parse(given, CultureInfo.InvariantCulture) : Schedules;
        var campaign = new ScheduleCampaign(new SegmentWorkload());
        campaign.Run(FirstSeed, count, Environment.ProcessorCount);

        var tally = campaign.Tally;
        foreach (var (what, times) in tally.Reached) output.WriteLine($"{what}: {times}");
        output.WriteLine($"{tally.Schedules} schedules, {tally.Faults} faults");
        if (tally.Broken is [var broken, ..])
            Assert.Fail($"Seed {broken.Seed} of {tally.BrokenCount}: {string.Join('\n', broken.Problems)}");
        Assert.All(tally.Reached, reached => Assert.True(reached.Times > 0, $"Never: {reached.What}"));
        Assert.True(count < Schedules || tally.Reached.Single(r => r.What == "events").Times >= 100_000);
    }
}
