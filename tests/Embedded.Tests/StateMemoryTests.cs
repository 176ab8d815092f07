using DToC.Conformance;
using DToC.Embedded.Turns;
using DToC.Grains;

namespace DToC.Embedded.Tests;

/// <summary>Memory of states that is used again.</summary>
public sealed class StateMemoryTests
{
    [Fact]
    public void Memory_that_was_given_back_is_used_for_a_state_of_about_its_length()
    {
        var memory = new StateMemory(limitBytes: 1_000_000);
        var first = memory.Copy(new byte[1_000], 1);
        memory.Give(first);
        var shorter = memory.Copy("shorter by a little"u8.ToArray().Concat(new byte[960]).ToArray(), 2);
        Assert.True(first.Span[..7].SequenceEqual("shorter"u8));
        Assert.Equal(979, shorter.Length);
        Assert.False(memory.Copy(new byte[1_000], 1).Span.Overlaps(first.Span));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(1_000_000)]
    public void State_of_any_length_is_copied_whole(int length)
    {
        var memory = new StateMemory(limitBytes: 100_000);
        var state = new byte[length];
        new Random(length).NextBytes(state);
        for (var i = 0; i < 3; i++)
        {
            var copy = memory.Copy(state, 7);
            Assert.True(copy.Span.SequenceEqual(state));
            Assert.Equal(7, copy.Version);
            memory.Give(copy);
        }
    }

    [Fact]
    public void No_more_is_kept_than_the_limit()
    {
        var memory = new StateMemory(limitBytes: 1_024);
        var states = Enumerable.Range(0, 5).Select(_ => memory.Copy(new byte[512], 1)).ToList();
        foreach (var state in states) memory.Give(state);
        var again = Enumerable.Range(0, 5).Select(_ => memory.Copy(new byte[512], 1)).ToList();
        Assert.Equal(2, again.Count(one => states.Exists(state => state.Span.Overlaps(one.Span))));
    }

    [Fact]
    public async Task Readers_see_whole_states_while_their_memory_is_used_again()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadAsync(room, done.Token))).ToList();
        for (var round = 0; round < 400; round++)
        {
            var replies = Enumerable.Range(0, 8).Select(i => room.AddAsync($"p{i}", 1).AsTask());
            Assert.All(await Task.WhenAll(replies), reply => Assert.IsType<ProbeReply.Applied>(reply));
        }
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 100));
    }

    /// <summary>Reads until cancelled; totals never go back, and are 400 for nobody before the end.</summary>
    private static async Task<int> ReadAsync(HostRoom room, CancellationToken done)
    {
        var (seen, reads) = (new long[8], 0);
        while (!done.IsCancellationRequested)
        {
            var probe = reads++ % seen.Length;
            if (await room.Host!.ReadAsync(ProbeGrain.Key($"p{probe}"), default) is null) continue;
            var total = await room.TotalAsync($"p{probe}");
            Assert.InRange(total, seen[probe], 400);
            seen[probe] = total;
        }
        return reads;
    }
}
