using DToC.Fuzz.Requests;
using DToC.Fuzz.Targets;
using Xunit.Abstractions;

namespace DToC.Fuzz;

/// <summary>A little of each target in every test run; for long runs see Program.cs.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const ulong Seed = 20_261_122;

    [Theory]
    [InlineData("events", 4_000, "read", "Malformed")]
    [InlineData("definitions", 300, "compiled", "refused")]
    [InlineData("expressions", 4_000, "value", "refused")]
    [InlineData("stored", 4_000, "read", "refused")]
    public void Changed_inputs_are_used_or_refused_and_never_fail(string name, int count, params string[] outcomes)
    {
        var found = new StringWriter();
        var run = new FuzzRun(FuzzTarget.All.Single(target => target.Name == name), found);
        var failures = run.Run(Seed, count);
        output.WriteLine(found.ToString());
        Assert.True(failures == 0, found.ToString());
        Assert.All(outcomes, outcome => Assert.InRange(run.Outcomes.GetValueOrDefault(outcome), count / 50, count));
    }

    [Fact]
    public async Task Changed_requests_are_answered_accounted_for_and_change_no_other_twin()
    {
        var run = await HttpFuzz.RunAsync(Seed, 2_000, TextWriter.Null);
        output.WriteLine(run.Summary());
        Assert.True(run.Findings.Count == 0, string.Join(Environment.NewLine, run.Findings));
        Assert.Equal(run.Judge.Sent, run.Judge.Events.Values.Sum());
        Assert.All(
            ["accepted", "refused", "quarantined"], word => Assert.True(run.Judge.Events.GetValueOrDefault(word) > 50));
    }

    [Fact]
    public void A_failing_input_is_made_small()
    {
        var small = Mutation.Shrinking.Of(
            [1, 2, 3, 7, 4, 5, 9, 6], bytes => bytes.Contains((byte)7) && bytes.Contains((byte)9));
        Assert.Equal([7, 9], small);
    }
}
