using DToC.Conformance;
using DToC.Grains;

namespace DToC.Embedded.Tests;

public sealed class UpkeepTests
{
    [Fact]
    public async Task Expired_entries_go_after_a_checkpoint_and_history_stays_whole()
    {
        await using var room = new HostRoom(partitions: 1);
        var host = room.Start();
        var start = room.Now;
        for (var i = 0; i < 20; i++)
        {
            await room.AddAsync("p", 1);
            await room.AddAsync("q", 1);
        }
        room.Time.Advance(TimeSpan.FromMinutes(59));
        await room.AddAsync("p", 1);
        room.Time.Advance(TimeSpan.FromMinutes(2));
        await host.UpkeepAsync();

        var journal = await host.ReadJournalAsync(ProbeGrain.Key("p"), default);
        Assert.Equal([JournalKind.Probe, JournalKind.Checkpoint], journal.Select(entry => entry.Kind));
        Assert.Single(await host.ReadJournalAsync(ProbeGrain.Key("q"), default));
        Assert.Equal(3, room.Number(0, "SELECT count(*) FROM journal"));
        // A late command needs all of history: checkpoint and tail must give it.
        await room.SendAsync("p", new ProbeMessage.Add(room.Id(), start.PlusMs(-1), 1));
        var state = await room.StateAsync("p");
        Assert.Equal((22, ProbeAlarms.None), (state.Total, state.Alarms));
        // The next checkpoint stands for the first, which holds what is past its retention by now.
        room.Time.Advance(TimeSpan.FromMinutes(61));
        await host.UpkeepAsync();
        var later = await host.ReadJournalAsync(ProbeGrain.Key("p"), default);
        Assert.Equal([JournalKind.Checkpoint], later.Select(entry => entry.Kind));
        Assert.True(later[0].RecordedAt > journal[1].RecordedAt);
    }

    [Fact]
    public async Task An_expired_entry_between_kept_ones_is_emptied_and_the_chain_holds()
    {
        await using var room = new HostRoom(partitions: 1);
        var host = room.Start();
        for (var i = 0; i < 3; i++) await room.AddAsync("p", 1);
        room.Execute(0, $"UPDATE journal SET keep_until={room.Now.UnixMs - 1} WHERE seq=2");
        await host.UpkeepAsync();

        Assert.Equal(3, (await host.ReadJournalAsync(ProbeGrain.Key("p"), default)).Count); // 1, 3, checkpoint
        Assert.Equal(1, room.Number(0, "SELECT count(*) FROM journal WHERE payload IS NULL"));
        await room.RestartAsync();
        await room.SendAsync("p", new ProbeMessage.Add(room.Id(), room.Now.PlusMs(-1), 1));
        Assert.Equal(ProbeAlarms.None, (await room.StateAsync("p")).Alarms);
    }

    [Fact]
    public async Task A_replaced_definition_refolds_every_grain_and_stays_after_a_restart()
    {
        await using var room = new HostRoom();
        room.Options = room.Options with { UpkeepWindow = 7 };
        room.Start();
        for (var i = 0; i < 50; i++) await room.AddAsync($"p{i}", i);
        var second = ProbePlans.Of("2");
        await room.Host!.ReplaceDefinitionAsync(second, default);
        // Stopped at once: what is not refolded yet is after the start.
        await room.RestartAsync();

        Assert.Equal(second.Hash, room.Host.Plans.Current.Hash);
        Assert.NotNull(room.Host.Plans.Find(ProbePlans.First.Hash));
        for (var i = 0; i < 50; i++)
        {
            var probe = $"p{i}";
            await HostRoom.UntilAsync(async () => (await room.StateAsync(probe)).PlanHash == second.Hash);
            var state = await room.StateAsync(probe);
            Assert.Equal((i, ProbeAlarms.None), (state.Total, state.Alarms));
        }
    }

    [Fact]
    public async Task A_new_grain_under_a_replaced_definition_is_made_under_it()
    {
        await using var room = new HostRoom();
        room.Start();
        var second = ProbePlans.Of("2");
        await room.Host!.ReplaceDefinitionAsync(second, default);
        await room.AddAsync("p", 1);
        Assert.Equal(second.Hash, (await room.StateAsync("p")).PlanHash);
    }
}
