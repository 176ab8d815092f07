using DToC.Cli.Sending;

namespace DToC.Cli.Tests;

public class PaceTests
{
    [Fact]
    public async Task Batches_go_out_at_the_rate_on_average()
    {
        var clock = new InstantClock();
        var start = clock.GetUtcNow();
        var pace = new Pace(50, clock);
        for (var i = 0; i < 11; i++)
            await pace.Wait(10, CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(2), clock.GetUtcNow() - start);
        Assert.All(clock.Waits, wait => Assert.Equal(TimeSpan.FromSeconds(0.2), wait));
    }
}
