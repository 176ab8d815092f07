using DToC.Cli.Folders;
using DToC.Cli.Tests.Learning;
using DToC.Embedded;
using DToC.Grains;
using DToC.Learn.Simulating;
using DToC.Twin;
using DToC.Twin.Views;

namespace DToC.Cli.Tests.Simulating;

public sealed class MemberReadingTests(LearntFolder folder) : IClassFixture<LearntFolder>
{
    private const long Plenty = 1 << 30;
    private static readonly Instant Now = Moment("2026-03-01T00:00:00Z");

    [Fact]
    public async Task Everybody_is_read_once_and_a_second_reading_is_the_same()
    {
        await using var host = Open();
        var keys = await host.ListAsync(GrainKind.Customer, "", 10_000, default);

        var first = await Keep(host, PopulationChoice.All);
        var second = await Keep(host, PopulationChoice.All);

        Assert.Equal(keys.Select(key => key.Id), Ids(first).Order(StringComparer.Ordinal));
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.True(first.Bytes > first.Slice(0, first.Count).Sum(member => member.Stored.Length));
        var member = first.Slice(7, 1).Single();
        Assert.Equal(7, member.Number);
        var stored = await host.ReadAsync(GrainKey.Customer(member.Id), default);
        Assert.Equal(stored!.Bytes.ToArray(), member.Stored.ToArray()); // it was just listed
    }

    [Fact]
    public async Task A_segment_is_those_whose_rule_holds_and_groups_say_who_is_in_which()
    {
        await using var host = Open();
        var names = host.Plans.Current.Segments.Select(segment => segment.Name).ToList();
        Assert.True(names.Count >= 2);
        var all = await Keep(host, PopulationChoice.All, groups: [.. names.Take(MemberReading.MostGroups)]);
        var byHand = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var member in all.Slice(0, all.Count))
        {
            var twin = CustomerCodec.Read(member.Stored.Span, host.Plans).Twin;
            byHand[member.Id] = TwinView.Of(member.Id, twin, Now).Prediction.Segments;
        }

        foreach (var (name, g) in names.Select((name, g) => (name, g)))
        {
            var expected = byHand.Where(e => e.Value.Contains(name)).Select(e => e.Key).Order();
            Assert.Equal(expected, Ids(await Keep(host, new PopulationChoice { Segment = name })).Order());
            Assert.Equal(
                expected,
                all.Slice(0, all.Count).Where(m => (m.Groups >> g & 1) != 0).Select(m => m.Id).Order());
        }
        Assert.Contains(byHand.Values, segments => segments.Count > 0);
    }

    [Fact]
    public async Task A_sample_is_the_same_each_time_and_another_with_another_seed()
    {
        await using var host = Open();
        var sample = new PopulationChoice { Sample = 40 };
        var other = sample with { SampleSeed = 5 };

        var first = Ids(await Keep(host, sample));

        Assert.Equal(40, first.Distinct().Count());
        Assert.Equal(first, Ids(await Keep(host, sample)));
        Assert.NotEqual(first.Order(), Ids(await Keep(host, other)).Order());
        // Of fewer, the first of them: samples of one seed lie one in the other.
        Assert.Equal(first[..10], Ids(await Keep(host, sample with { Sample = 10 })));
    }

    [Fact]
    public async Task Named_customers_are_read_once_and_unknown_ones_are_counted()
    {
        await using var host = Open();
        var id = (await host.ListAsync(GrainKind.Customer, "", 3, default))[2].Id;
        var reading = new MemberReading(
            host, new PopulationChoice { Customers = [id, "nobody", id] }, [], past: null, Now);

        var kept = await reading.KeepAsync(Plenty, default);

        Assert.Equal([id], Ids(kept!)); // it fits
        Assert.Equal(1, reading.Unknown);
    }

    [Fact]
    public async Task States_of_a_past_moment_know_nothing_of_what_came_after()
    {
        await using var host = Open();
        var past = Moment("2025-06-01T00:00:00Z");
        var reading = new MemberReading(host, PopulationChoice.All, [], past, Now);

        var kept = await reading.KeepAsync(Plenty, default);

        var came = folder.Events.Select(LearntFolder.TimeOf).Count(time => Moment(time) <= past);
        var states = kept!.Slice(0, kept.Count) // it fits
            .Select(member => CustomerCodec.Read(member.Stored.Span, host.Plans).Twin).ToList();
        Assert.InRange(states.Count, 1, (int)reading.Looked - 1);
        Assert.All(states, state => Assert.True(state.LastAt <= past));
        Assert.Equal(came, states.Sum(state => state.EventCount));
    }

    [Fact]
    public async Task Members_beyond_the_memory_are_left_to_pages_or_refused()
    {
        await using var host = Open();

        Assert.Null(await new MemberReading(host, PopulationChoice.All, [], null, Now).KeepAsync(1, default));
        var sample = new MemberReading(host, new PopulationChoice { Sample = 50 }, [], null, Now);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => sample.KeepAsync(1, default));
        Assert.Contains("take a smaller sample", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody_at_all", null, null, "population.segment is 'nobody_at_all'; there are")]
    [InlineData(null, 0, null, "population.sample is 0; 1 or more is right")]
    [InlineData(null, null, "", "population.customers has an id of no characters")]
    public void A_population_that_there_is_not_is_refused(string? segment, int? sample, string? id, string told)
    {
        var choice = new PopulationChoice
        {
            Segment = segment, Sample = sample, Customers = id is null ? null : [id],
        };
        Assert.StartsWith(told, choice.Problem(["loyal", "new"]), StringComparison.Ordinal);
    }

    private EmbeddedHost Open() => HostFolder.OpenToRead(folder.Data, masterKey: null, TextWriter.Null);

    private static async Task<KeptMembers> Keep(
        ITwinHost host, PopulationChoice choice, IReadOnlyList<string>? groups = null) =>
        await new MemberReading(host, choice, groups ?? [], past: null, Now).KeepAsync(Plenty, default)
            ?? throw new InvalidOperationException("They do not fit.");

    private static List<string> Ids(KeptMembers members) => [.. members.Slice(0, members.Count).Select(m => m.Id)];

    private static Instant Moment(string text) =>
        InstantJson.TryParse(text, out var at) ? at : throw new FormatException(text);
}
