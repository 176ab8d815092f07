using System.Buffers;
using System.Text;
using System.Text.Json;
using DToC.Cli.Folders;
using DToC.Cli.Tests.Learning;
using DToC.Embedded;
using DToC.Learn.Simulating;
using DToC.Twin;

namespace DToC.Cli.Tests.Simulating;

public sealed class SimulationRunTests(LearntFolder folder) : IClassFixture<LearntFolder>
{
    private const string DearerAndSame = """
        [
          { "name": "dearer", "levers": [{ "lever": "price", "factor": 1.2, "from": 3 }] },
          { "name": "same", "levers": [{ "lever": "price", "factor": 1 }] }
        ]
        """;

    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    private static readonly SimulationRequest Request = new()
    {
        Weeks = 12, Paths = 40, Seed = 7, Top = 3, Sensitivity = false,
        Scenarios = Encoding.UTF8.GetBytes(DearerAndSame),
    };

    [Fact]
    public async Task The_answer_is_the_same_bytes_for_any_number_of_threads_and_for_pages_of_members()
    {
        await using var host = Open(folder.Data);
        var one = await ResultOf(host, Request, new SimulationOptions { Threads = 1 });

        Assert.Equal(one, await ResultOf(host, Request, new SimulationOptions { Threads = 5 }));
        // Less memory than the states take, more than the sums do.
        var few = Request with { Paths = 20 };
        var kept = await StartAsync(host, few, new SimulationOptions());
        var paged = await StartAsync(
            host, few, new SimulationOptions { Threads = 3, MemoryBytes = kept.Progress.MemberBytes - 1 });
        Assert.Equal((true, false), (kept.Progress.MembersKept, paged.Progress.MembersKept));
        Assert.Equal(Text(await kept.RunAsync(null, default)), Text(await paged.RunAsync(null, default)));
        Assert.NotEqual(one, await ResultOf(host, Request with { Seed = 8 }, new SimulationOptions()));
    }

    [Fact]
    public async Task The_answer_is_the_same_bytes_for_any_number_of_partitions()
    {
        string first;
        await using (var host = Open(folder.Data)) first = await ResultOf(host, Request, new SimulationOptions());
        var copy = folder.Copy("parted");
        var ran = await Shell.Run("repartition", copy, "--partitions", "5");
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);

        await using var parted = Open(copy);

        Assert.Equal(5, parted.Status().Partitions.Count);
        Assert.Equal(first, await ResultOf(parted, Request, new SimulationOptions()));
    }

    [Fact]
    public async Task Live_states_are_the_same_before_and_after()
    {
        await using var host = Open(folder.Data);
        var before = await PrintOf(host);

        await ResultOf(host, Request with { Sensitivity = true }, new SimulationOptions());
        await ResultOf(host, Request with { At = Now.PlusMs(-90 * Instant.DayMs) }, new SimulationOptions());

        Assert.Equal(before, await PrintOf(host));
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_where_its_last_whole_block_ended()
    {
        await using var host = Open(folder.Data);
        var whole = await ResultOf(host, Request, new SimulationOptions());
        var kept = new ArrayBufferWriter<byte>();
        using (var stop = new CancellationTokenSource())
        {
            var calls = 0;
            var options = new SimulationOptions { GiveWay = _ => Stop(++calls, stop) };
            var run = await StartAsync(host, Request, options);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunAsync(null, stop.Token));
            Assert.InRange(run.PathsDone, 1, Request.Paths - 1);
            Assert.Equal(run.PathsDone, run.Result().Paths);
            Assert.Equal(Request.Paths, run.Result().PathsAsked);
            run.Write(kept);
            // The same run can go on, too.
            Assert.Equal(whole, Text(await run.RunAsync(null, default)));
        }

        var resumed = await StartAsync(host, Request, new SimulationOptions { Threads = 3 });
        resumed.Resume(kept.WrittenSpan);

        Assert.InRange(resumed.PathsDone, 1, Request.Paths - 1);
        Assert.Equal(whole, Text(await resumed.RunAsync(null, default)));

        static ValueTask Stop(int call, CancellationTokenSource stop)
        {
            // In the middle of the second block.
            if (call == 2) stop.Cancel();
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task What_was_kept_of_another_run_is_refused_with_what_differs()
    {
        await using var host = Open(folder.Data);
        var run = await StartAsync(host, Request, new SimulationOptions());
        await run.RunAsync(null, default);
        var kept = new ArrayBufferWriter<byte>();
        run.Write(kept);
        var bytes = kept.WrittenSpan.ToArray();

        await Refused(Request with { Seed = 9 }, bytes, "of another request");
        await Refused(Request, bytes[..^1], "is damaged");
        bytes[^40] ^= 4;
        await Refused(Request, bytes, "is damaged");
        var other = await SimulationRun.StartAsync(
            host, SetupOf(host, Request), Now.PlusMs(1), new SimulationOptions(), default);
        var told = Assert.Throws<InvalidDataException>(() => other.Resume(kept.WrittenSpan));
        Assert.Contains("another moment", told.Message, StringComparison.Ordinal);

        async Task Refused(SimulationRequest request, byte[] written, string what)
        {
            var fresh = await StartAsync(host, request, new SimulationOptions());
            var thrown = Assert.Throws<InvalidDataException>(() => fresh.Resume(written));
            Assert.Contains(what, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_scenario_like_the_baseline_changes_nothing_and_each_customer_is_counted_once()
    {
        await using var host = Open(folder.Data);
        var run = await StartAsync(host, Request, new SimulationOptions());

        var result = await run.RunAsync(null, default);

        var same = result.Scenarios[2];
        Assert.All(same.Totals.Values, quantity => Assert.Equal((0.0, 0.0, 0.0), (
            quantity.Difference!.Difference.Mean, quantity.Difference.ShareAbove, // scenarios are compared
            quantity.Difference.ShareBelow)));
        Assert.Equal(0, same.Gains!.Above + same.Gains.Below); // of a scenario
        var dearer = result.Scenarios[1];
        var gains = dearer.Gains!; // of a scenario
        var all = result.Members.Simulated + result.Members.NotSimulated.Values.Sum();
        Assert.Equal(all, gains.Above + gains.Below + gains.Same);
        Assert.True(gains.Above + gains.Below > 0);
        Assert.InRange(gains.Top.Count, 1, 3);
        Assert.Equal(gains.Top.Select(g => g.Mean).OrderDescending(), gains.Top.Select(g => g.Mean));
        Assert.Equal(gains.Bottom.Select(g => g.Mean).Order(), gains.Bottom.Select(g => g.Mean));
        // The lever acts from the third week on.
        Assert.Equal((0.0, 0.0), (dearer.Weeks["revenue"][0].Difference, dearer.Weeks["revenue"][1].Difference));
        Assert.NotEqual(0, dearer.Weeks["revenue"][2].Difference);
        Assert.Equal(
            dearer.Totals["revenue"].Total.Mean, dearer.Weeks["revenue"].Sum(week => week.Mean), 6);
        var totals = result.Scenarios[0].Totals;
        Assert.InRange(totals["value"].Total.Mean, 0, totals["margin"].Total.Mean);
    }

    [Fact]
    public async Task A_group_comes_to_what_the_segment_comes_to_alone()
    {
        await using var host = Open(folder.Data);
        var grouped = await (await StartAsync(
            host, Request with { Groups = ["valuable", "at_risk"] }, new SimulationOptions())).RunAsync(null, default);

        foreach (var (segment, g) in (IEnumerable<(string, int)>)[("valuable", 0), ("at_risk", 1)])
        {
            var alone = await (await StartAsync(
                host, Request with { Population = new PopulationChoice { Segment = segment } },
                new SimulationOptions())).RunAsync(null, default);
            for (var s = 0; s < 3; s++)
            {
                var group = grouped.Scenarios[s].Groups[g];
                Assert.Equal((segment, alone.Members.Simulated), (group.Segment, group.Simulated));
                foreach (var (name, total) in group.Totals)
                    Assert.Equal(Text(alone.Scenarios[s].Totals[name]), Text(total));
            }
        }
        Assert.True(grouped.Scenarios[0].Groups[0].Simulated > 0);
    }

    [Fact]
    public async Task Each_assumption_is_told_with_what_the_answer_does_when_it_moves()
    {
        await using var host = Open(folder.Data);
        var run = await StartAsync(host, Request with { Sensitivity = true }, new SimulationOptions());

        var result = await run.RunAsync(null, default);

        var margin = result.Assumptions.Single(a => a.Name == "marginShare");
        var moved = margin.Sensitivity!; // it was asked for
        Assert.Equal(margin.StandardError, moved.MovedBy);
        // Margin is in proportion to its share, but for the returns and the bounds of draws.
        var expected = result.Scenarios[0].Totals["margin"].Total.Mean * moved.MovedBy / margin.Value;
        Assert.InRange(moved.BaselineUp / expected, 0.7, 1.4);
        Assert.InRange(moved.BaselineDown / expected, -1.4, -0.7);
        Assert.Equal(["dearer", "same"], moved.Scenarios.Select(s => s.Scenario));
        Assert.Equal((0.0, 0.0), (moved.Scenarios[1].Up, moved.Scenarios[1].Down));
        var elasticity = result.Assumptions.Single(a => a.Name == "priceOnOrders").Sensitivity!; // as above
        Assert.Equal((0.0, 0.0), (elasticity.BaselineUp, elasticity.BaselineDown));
        Assert.NotEqual(0, elasticity.Scenarios[0].Up);
        Assert.Contains(result.Warnings, warning => warning.StartsWith("From nowhere come", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_search_says_which_value_is_best_how_surely_and_what_keeps_to_the_constraints()
    {
        await using var host = Open(folder.Data);
        var json = """
            {
              "weeks": 12, "paths": 40, "seed": 7, "sensitivity": false,
              "search": {
                "lever": { "lever": "demand" }, "parameter": "index", "from": 0.8, "to": 1.2, "steps": 5,
                "measure": "orders", "constraints": [{ "measure": "revenue", "atLeast": 0.97 }]
              }
            }
            """;
        var read = SimulationRequestReader.Read(Encoding.UTF8.GetBytes(json), "request");
        Assert.Null(read.Fault);
        var run = await StartAsync(host, read.Request!, new SimulationOptions()); // without a fault there is one

        var search = (await run.RunAsync(null, default)).Search!; // it was asked for

        Assert.Equal([0.8, 0.9, 1, 1.1, 1.2], search.Values.Select(v => v.Value));
        Assert.Equal((1.2, true), (search.Best, search.IsAtEdge));
        Assert.Equal(1, search.Values.Sum(v => v.ShareBest) + search.NoEffect, 9);
        Assert.True(search.Values[4].ShareBest > 0.9);
        Assert.Equal([false, true, true], [search.Values[0].IsAllowed, search.Values[2].IsAllowed,
            search.Values[4].IsAllowed]);
        Assert.Equal(0, search.Values[2].Difference.Difference.Mean);
        Assert.Equal(1.2, search.Optimum!.Value.High); // some value has an effect
    }

    private static EmbeddedHost Open(string data) => HostFolder.OpenToRead(data, masterKey: null, TextWriter.Null);

    private static SimulationSetup SetupOf(EmbeddedHost host, SimulationRequest request)
    {
        var (setup, fault) = SimulationSetup.Of(host.Plans, request);
        Assert.Null(fault);
        return setup!; // without a fault there is one
    }

    private static Task<SimulationRun> StartAsync(
        EmbeddedHost host, SimulationRequest request, SimulationOptions options) =>
        SimulationRun.StartAsync(host, SetupOf(host, request), Now, options, default);

    private static async Task<string> ResultOf(
        EmbeddedHost host, SimulationRequest request, SimulationOptions options) =>
        Text(await (await StartAsync(host, request, options)).RunAsync(null, default));

    private static string Text(SimulationResult result) => Encoding.UTF8.GetString(result.ToJson());

    private static string Text(QuantityResult result) => JsonSerializer.Serialize(result);

    private static async Task<ulong> PrintOf(EmbeddedHost host) =>
        (await new MemberReading(host, PopulationChoice.All, [], null, Now).KeepAsync(1 << 30, default))!
            .Fingerprint; // it fits
}
