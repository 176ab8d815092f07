using System.Reflection;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>The contract's checks notice hosts that break a promise.</summary>
public sealed class ContractBitesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("AcknowledgesBeforeCommit")]
    [InlineData("DropsEffects")]
    [InlineData("SkipsRedelivery")]
    [InlineData("ServesUncommittedReads")]
    public async Task A_host_that_breaks_a_promise_fails_a_check(string sabotage)
    {
        var contract = new SabotagedContract(Enum.Parse<Sabotage>(sabotage));
        var failed = new List<string>();
        foreach (var check in typeof(HostContract).GetMethods().Where(m => m.IsDefined(typeof(FactAttribute))))
        {
            try
            {
                await (Task)check.Invoke(contract, null)!; // every check returns a task
            }
            catch (Exception noticed) when (noticed is Xunit.Sdk.XunitException or TimeoutException)
            {
                failed.Add(check.Name);
            }
        }
        output.WriteLine($"{sabotage} fails {failed.Count} checks: {string.Join(", ", failed)}");
        Assert.NotEmpty(failed);
    }

    /// <summary>Not public, so that no runner takes its failures for ours.</summary>
    private sealed class SabotagedContract(Sabotage sabotage) : HostContract
    {
        protected override Task<HostUnderTest> Start(HostSetup setup) =>
            Task.FromResult<HostUnderTest>(new SimulatedUnderTest(setup, sabotage));
    }
}
