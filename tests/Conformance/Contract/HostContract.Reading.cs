using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>Reading all states: what is committed, each once, whatever goes on beside it.</summary>
public abstract partial class HostContract
{
    [Fact]
    public async Task Reading_all_gives_every_state_once_under_writes_and_crashes()
    {
        await using var test = await Start();
        for (var n = 1; n <= 40; n++) await test.Tell($"k{n}", Add(n));
        Dictionary<string, StoredState> read = new(StringComparer.Ordinal);

        var (cursor, pages) = ((string?)null, 0);
        do
        {
            // More for those that are there, and new ones among them, none of them awaited.
            for (var n = 1; n <= 10; n++) _ = test.Begin($"k{pages * 3 + n}", Add(100 * pages + n));
            _ = test.Begin($"k{pages}a", Add(1));
            await LetWork(test, 3);
            var page = await Page(test, GrainKind.Probe, cursor, 7);
            foreach (var (key, state) in page.States) read.Add(key.Id, state);
            cursor = page.Next;
            if (++pages % 3 == 0) await test.CrashAndRestart();
        }
        while (cursor is not null);

        Assert.All(Enumerable.Range(1, 40), n => Assert.True(read.ContainsKey($"k{n}"), $"k{n}"));
        Assert.True(pages > 5);
        // What a page showed was committed: no crash takes it back.
        await test.CrashAndRestart();
        foreach (var (id, state) in read)
        {
            Assert.Equal(state.Version, ProbeCodec.ReadState(state.Bytes.Span).Version);
            Assert.InRange(state.Version, 1, (await test.State(id)).Version);
        }
    }

    [Fact]
    public async Task Reading_all_after_a_reply_shows_the_turn_in_every_partition()
    {
        await using var test = await Start();
        for (var round = 1; round <= 3; round++)
        {
            var sent = Enumerable.Range(1, 20).Select(n => test.Begin($"k{n}", Add(round))).ToList();
            await test.WaitFor(Task.WhenAll(sent));

            var states = await All(test, GrainKind.Probe, 6);
            Assert.Equal(20, states.Count);
            Assert.All(states, s => Assert.Equal(round, ProbeCodec.ReadState(s.State.Bytes.Span).Count));
        }
        Assert.Empty(await All(test, GrainKind.Customer, 6));
    }

    [Fact]
    public async Task Reading_all_shows_nothing_of_a_commit_that_fails()
    {
        await using var test = await Start();
        await test.Tell("a", Add(1, 5));

        await test.TellWhileCommitsFail("a", Add(2, 7), async () =>
            Assert.Equal(1, Assert.Single(await All(test, GrainKind.Probe, 10)).State.Version));
        await test.TellWhileCommitsFail("new", Add(3), async () =>
            Assert.Equal("a", Assert.Single(await All(test, GrainKind.Probe, 10)).Key.Id));
    }

    [Fact]
    public async Task Reading_all_passes_over_those_who_were_erased()
    {
        await using var test = await Start(OfCustomers);
        string[] customers = ["a", "b", "c", "d", "e", "f", "g", "h"];
        foreach (var customer in customers) await Observe(test, customer, 1);
        await test.Settle();
        await Erase(test, "b");

        List<string> read = [];
        string? cursor = null;
        do
        {
            var page = await Page(test, GrainKind.Customer, cursor, 2);
            read.AddRange(page.States.Select(state => state.Key.Id));
            // Whoever is erased while others read is not shown any more.
            if (cursor is null)
            {
                foreach (var customer in customers[2..6].Where(c => !read.Contains(c))) await Erase(test, customer);
            }
            cursor = page.Next;
        }
        while (cursor is not null);

        var stay = customers.Where(c => !test.Host.IsErased(GrainKey.Customer(c))).ToList();
        Assert.InRange(stay.Count, 3, 5);
        Assert.Equal(string.Join(' ', stay), string.Join(' ', read.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Reading_all_refuses_a_strange_cursor_and_a_page_of_no_size()
    {
        await using var test = await Start();

        await Assert.ThrowsAsync<FormatException>(() => Page(test, GrainKind.Probe, "elsewhere", 5));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Page(test, GrainKind.Probe, null, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Page(test, GrainKind.Probe, null, StatePage.MostStates + 1));
        Assert.Null((await Page(test, GrainKind.Probe, null, StatePage.MostStates)).Next);
    }

    /// <summary>Lets the host take some steps, or some time.</summary>
    private static Task LetWork(HostUnderTest test, int steps) => test.Until(() => Task.FromResult(steps-- <= 0));

    private static async Task<StatePage> Page(HostUnderTest test, GrainKind kind, string? cursor, int size)
    {
        await using var pages = test.Host.ReadAllAsync(kind, cursor, size, CancellationToken.None).GetAsyncEnumerator();
        return await test.WaitFor(pages.MoveNextAsync().AsTask()) ? pages.Current : new StatePage([], null);
    }

    private static async Task<List<KeyedState>> All(HostUnderTest test, GrainKind kind, int pageSize)
    {
        List<KeyedState> states = [];
        string? cursor = null;
        do
        {
            var page = await Page(test, kind, cursor, pageSize);
            Assert.InRange(page.States.Count, 0, pageSize);
            states.AddRange(page.States);
            cursor = page.Next;
        }
        while (cursor is not null);
        return states;
    }
}
