using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>The tallies of segments, on each host.</summary>
public sealed class SegmentHostTests
{
    public static TheoryData<string> Hosts => ["simulated", "embedded", "encrypted"];

    private const string Customer = "c-1";

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Segments_of_a_host_that_crashes_and_erases_equal_brute_force(string name)
    {
        var script = new SegmentWorkload().Draw(name.Length == "embedded".Length ? 5UL : 6UL);
        await using var test = await StartAsync(name);
        var draws = new SeededDraws(11);
        var steps = HostAgainstHostTests.Interleaved(script, draws);
        var crashes = Enumerable.Range(0, 3).Select(_ => draws.Below(steps.Count)).ToHashSet();
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Message is Erase) await HostAgainstHostTests.Erase(test, steps[i].To, isKilled: false);
            else await HostAgainstHostTests.Tell(test, steps[i]);
            // The recount that follows has turns beside it.
            if (crashes.Contains(i)) await test.CrashAndRestart();
            if (i == steps.Count / 2) await test.Host.ReplaceDefinitionAsync(SegmentPlans.Second, default);
            if (i % 40 == 39) await test.PassTime(7_000);
        }
        await test.Settle();
        Assert.True(await test.Until(async () => (await Read(test)).IsComplete));
        await test.Settle();

        await AssertIsBruteForceAsync(test, script);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Tally_shows_a_member_once_its_event_is_acknowledged(string name)
    {
        await using var test = await StartAsync(name);
        Assert.True(await test.Until(async () => (await Read(test)).IsComplete));

        await Observe(test, "Added", "a1");

        Assert.Equal(1, await Size(test, "carts"));
        Assert.Equal([Customer], (await Read(test)).Sample(Find(test, "carts")));
    }

    [Theory]
    [InlineData("simulated", "eager", 2)] // views > 1.2, halved every 86.4 s: 2 views for 63.67 s
    [InlineData("embedded", "eager", 2)]
    [InlineData("simulated", "recent", 1)] // since < 0.0004: 34.56 s
    [InlineData("embedded", "recent", 1)]
    [InlineData("simulated", "browsing", 1)] // gives way after 0.0005 days: 43.2 s
    [InlineData("embedded", "browsing", 1)]
    public async Task Membership_ends_by_time_alone_within_a_second(string name, string segment, int views)
    {
        await using var test = await StartAsync(name);
        var begun = test.Now;
        for (var i = 0; i < views; i++) await Observe(test, "Viewed", $"v{i}", begun);
        var endsAfterMs = segment switch
        {
            "eager" => (long)(86_400 * Math.Log2(2 / 1.2)),
            "recent" => 34_560,
            _ => 43_200,
        };
        Assert.True(await test.Until(async () => (await Read(test)).IsComplete));

        await test.PassTime(begun.UnixMs + endsAfterMs - 500 - test.Now.UnixMs);
        Assert.Equal(1, await Size(test, segment));
        await test.PassTime(begun.UnixMs + endsAfterMs + 1_000 - test.Now.UnixMs);
        Assert.True(await test.Until(async () => await Size(test, segment) == 0));

        var at = (await State(test))!.Segments.Moves[^1];
        Assert.False(at.IsEntry);
        var late = at.At.UnixMs - begun.UnixMs - endsAfterMs;
        Assert.True(late is >= 0 and <= 1_500, $"{segment} ended {late} ms late.");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Erased_member_is_in_no_tally(string name)
    {
        await using var test = await StartAsync(name);
        await Observe(test, "Added", "a1");
        Assert.True(await test.Until(async () => (await Read(test)).IsComplete));
        Assert.Equal(1, (await Read(test)).Tallies.OfEverybody(1).Size);

        await HostAgainstHostTests.Erase(test, GrainKey.Customer(Customer), isKilled: false);

        var reading = await Read(test);
        Assert.Equal(0, reading.Tallies.OfEverybody(1).Size);
        Assert.Equal(0, reading.Moves(Find(test, "carts")).Entries);
        Assert.Empty(reading.SampleOfEverybody());
    }

    private static async Task AssertIsBruteForceAsync(HostUnderTest test, Script script)
    {
        var scan = new SegmentScan(test.Host.Plans.Current);
        List<string> problems = [];
        foreach (var key in script.Keys.Where(key => key.Kind == GrainKind.Customer))
        {
            if (await test.WaitFor(test.Host.ReadAsync(key, default).AsTask()) is not { } stored) continue;
            problems.AddRange(scan.Take(key.Id, CustomerCodec.Read(stored.Bytes.Span, test.Host.Plans)));
        }
        problems.AddRange(scan.Differences(await Read(test)));
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(scan.Size > 5 && scan.Memberships > 5, $"{scan.Size} twins have {scan.Memberships} memberships.");
    }

    private static async Task<HostUnderTest> StartAsync(string name)
    {
        var setup = new HostSetup
        {
            Grains = new SegmentWorkload().Grains, Plan = SegmentPlans.First, HasUpkeep = false,
        };
        return name switch
        {
            "simulated" => new SimulatedUnderTest(setup),
            "embedded" => await EmbeddedUnderTest.StartAsync(setup),
            _ => await EmbeddedUnderTest.StartAsync(setup, new LocalMasterKey(new byte[MasterKey.KeyBytes])),
        };
    }

    private static Task<SegmentsReading> Read(HostUnderTest test) =>
        test.WaitFor(test.Host.ReadSegmentsAsync(default).AsTask());

    private static int Find(HostUnderTest test, string segment) =>
        test.Host.Plans.Current.Segmentation.Find(segment);

    private static async Task<long> Size(HostUnderTest test, string segment) =>
        (await Read(test)).Tallies.OfSegment(Find(test, segment)).Size;

    private static async Task<CustomerActivation?> State(HostUnderTest test) =>
        await test.WaitFor(test.Host.ReadAsync(GrainKey.Customer(Customer), default).AsTask()) is { } stored
            ? CustomerCodec.Read(stored.Bytes.Span, test.Host.Plans) : null;

    private static async Task Observe(HostUnderTest test, string type, string id, Instant? at = null)
    {
        var plan = test.Host.Plans.Current;
        var json = System.Text.Encoding.UTF8.GetBytes(
            $$$"""
            {"id":"{{{id}}}","type":"{{{type}}}","time":"{{{at ?? test.Now}}}","source":"web",
            "customer":"{{{Customer}}}","properties":{"product":"p1"}}
            """);
        var reading = new EventReader(plan.Events, EventLimits.Default).Read(json, test.Now);
        var message = new CustomerMessage.Observe([((EventReading.Read)reading).Event]);
        var reply = await test.WaitFor(
            test.Host.SendAsync(GrainKey.Customer(Customer), message, default).AsTask());
        Assert.IsType<CustomerReply.Observed>(reply);
    }
}
