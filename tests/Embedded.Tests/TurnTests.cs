using DToC.Conformance;
using DToC.Grains;

namespace DToC.Embedded.Tests;

public sealed class TurnTests
{
    [Fact]
    public async Task A_turn_that_throws_fails_alone_and_undoes_only_itself()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();

        // The poisoned turn runs on a state that is not committed.
        var replies = await room.SendTogetherAsync(
            ("p", room.Addition(1)),
            ("p", new ProbeMessage.Poison()),
            ("p", room.Addition(2)),
            ("q", room.Addition(4)));

        Assert.IsType<ProbeReply.Applied>(replies[0]);
        Assert.IsType<Reply.Failed>(replies[1]);
        Assert.Equal(3, Assert.IsType<ProbeReply.Applied>(replies[2]).Total);
        Assert.IsType<ProbeReply.Applied>(replies[3]);
        Assert.Equal(3, await room.TotalAsync("p"));
    }

    [Fact]
    public async Task A_late_command_gets_the_whole_history_committed_or_not()
    {
        await using var room = new HostRoom(partitions: 2);
        room.Start();
        List<Task<Reply>> replies = [];
        for (var i = 0; i < 40; i++) replies.Add(room.AddAsync("p", 1).AsTask());
        await Task.WhenAll(replies);
        List<(string, GrainMessage)> next = [];
        for (var i = 0; i < 20; i++)
        {
            next.Add(("p", room.Addition(1)));
            next.Add(("p", new ProbeMessage.Add(room.Id(), room.Now.PlusMs(-1 - i), 1)));
        }

        var late = await room.SendTogetherAsync([.. next]);

        Assert.All([.. await Task.WhenAll(replies), .. late], reply => Assert.IsType<ProbeReply.Applied>(reply));
        var state = await room.StateAsync("p");
        Assert.Equal((80, ProbeAlarms.None), (state.Total, state.Alarms));
    }

    [Fact]
    public async Task A_message_to_a_moved_grain_is_applied_where_it_went()
    {
        await using var room = new HostRoom(partitions: 4);
        room.Start();
        for (var i = 0; i < 4; i++) await room.SendAsync($"m{i}", new ProbeMessage.Move($"m{i + 1}"));

        var reply = await room.SendAsync("m0", new ProbeMessage.Add(room.Id(), room.Now, 7) { Addressee = "m0" });

        Assert.Equal("m4", Assert.IsType<ProbeReply.Applied>(reply).Key);
        Assert.Equal(7, await room.TotalAsync("m4"));
        await room.SendAsync("m4", new ProbeMessage.Move("m5"));
        Assert.IsType<Reply.Unavailable>(await room.AddAsync("m0", 1)); // five hops
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("m1", 1)); // four
    }

    [Fact]
    public async Task Turns_that_change_nothing_never_fill_a_batch_or_memory()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { BatchLimit = 10, MemoryLimitBytes = 10_000 };
        room.Start();

        for (var i = 0; i < 100; i++)
        {
            var reply = await HostRoom.SoonAsync(room.SendAsync($"p{i}", new ProbeMessage.Refuse("no")));
            Assert.IsType<ProbeReply.Refused>(reply);
        }

        var status = room.Host!.Status().Partitions[0];
        Assert.True(status.ResidentBytes < 20_000, $"{status.ResidentBytes} bytes are in memory.");
        Assert.Equal(0, status.Commits);
    }

    [Fact]
    public async Task Grains_beyond_the_memory_limit_are_put_out_and_come_back()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { MemoryLimitBytes = 100_000 };
        room.Start();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 1_000; i++) Assert.IsType<ProbeReply.Applied>(await room.AddAsync($"p{i}", i));
        }

        var status = room.Host!.Status().Partitions[0];
        Assert.True(status.Evictions >= 1_000, $"{status.Evictions} were put out.");
        Assert.InRange(status.ResidentBytes, 1, 102_000);
        Assert.InRange(status.Activations[GrainKind.Probe], 1, 400);
        for (var i = 0; i < 1_000; i += 37) Assert.Equal(2 * i, await room.TotalAsync($"p{i}"));
    }

    [Fact]
    public async Task A_full_mailbox_answers_busy_and_takes_messages_again()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { MailboxCapacity = 4, BatchLimit = 1 };
        room.Start();
        List<Task<Reply>> taken = [];
        using (room.HoldCommits(0))
        {
            for (var i = 0; i < 4; i++) taken.Add(room.AddAsync("p", 1).AsTask());
            var refused = await room.AddAsync("p", 1);
            Assert.Equal(room.Options.RetryAfter, Assert.IsType<Reply.Busy>(refused).RetryAfter);
        }

        Assert.All(await Task.WhenAll(taken), reply => Assert.IsType<ProbeReply.Applied>(reply));
        Assert.Equal(5, Assert.IsType<ProbeReply.Applied>(await room.AddAsync("p", 1)).Total);
    }

    [Fact]
    public async Task A_sender_waits_a_little_for_room_before_it_is_told_busy()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { MailboxCapacity = 1, AdmissionWait = TimeSpan.FromSeconds(1) };
        room.Start();
        Task<Reply> first, patient, late;
        using (room.HoldCommits(0))
        {
            first = room.AddAsync("p", 1).AsTask();
            late = room.AddAsync("p", 10).AsTask();
            room.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.IsType<Reply.Busy>(await late);
            patient = room.AddAsync("p", 100).AsTask();
        }

        Assert.IsType<ProbeReply.Applied>(await first);
        Assert.Equal(101, Assert.IsType<ProbeReply.Applied>(await patient).Total);
    }

    [Fact]
    public async Task A_clock_set_back_does_not_reach_a_turn_even_after_a_restart()
    {
        await using var room = new HostRoom();
        room.Start();
        var at = room.Now;
        await room.AddAsync("p", 1);
        room.Time.Advance(TimeSpan.FromHours(-1));
        await room.SendAsync("p", new ProbeMessage.Add(room.Id(), at.PlusMs(1), 1));
        await room.RestartAsync();
        await room.SendAsync("p", new ProbeMessage.Add(room.Id(), at.PlusMs(2), 1));

        var state = await room.StateAsync("p");
        Assert.Equal((3, at, ProbeAlarms.None), (state.Total, state.LastNow, state.Alarms));
    }

    [Fact]
    public async Task Rows_are_seen_in_order_as_the_turn_before_left_them()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        GrainMessage Put(string row, string? value) => new ProbeMessage.Put(room.Id(), room.Now, row, value);
        string[] names = ["b", "a", "\U0001F600", "\uFFFD", "aa"];
        // The probe compares its rows with its own count in every turn.
        await room.SendTogetherAsync([
            .. names.Select(name => ("p", Put(name, name))), ("p", Put("aa", null)),
        ]);
        await room.SendAsync("p", Put("b", "again"));

        var key = ProbeGrain.Key("p");
        var rows = await room.Host!.ReadRowsAsync(key, "", 10, default);
        Assert.Equal("a b \uFFFD \U0001F600", string.Join(' ', rows.Select(row => row.Row)));
        var some = await room.Host.ReadRowsAsync(key, "aa", 2, default);
        Assert.Equal("b \uFFFD", string.Join(' ', some.Select(row => row.Row)));
        Assert.Null(await room.Host.ReadRowAsync(key, "aa", default));
        Assert.Equal(ProbeAlarms.None, (await room.StateAsync("p")).Alarms);
    }

    [Fact]
    public async Task A_lease_is_spent_once_and_survives_a_restart()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await room.Host!.GrantLeaseAsync("budget", 10, default);
        List<Task<Reply>> replies = [];
        for (var i = 0; i < 8; i++)
            replies.Add(room.SendAsync($"p{i}", new ProbeMessage.Spend(room.Id(), room.Now, "budget", 2)).AsTask());
        var outcomes = await Task.WhenAll(replies);

        Assert.Equal(5, outcomes.OfType<ProbeReply.Applied>().Count());
        Assert.Equal(3, outcomes.OfType<ProbeReply.Refused>().Count());
        await room.RestartAsync();
        await room.Host.GrantLeaseAsync("budget", 3, default);
        var spend = new ProbeMessage.Spend(room.Id(), room.Now, "budget", 4);
        Assert.IsType<ProbeReply.Refused>(await room.SendAsync("p", spend));
        Assert.IsType<ProbeReply.Applied>(await room.SendAsync("p", spend with { Amount = 3 }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)] // of two bytes each: two more than a key may have
    public async Task A_key_that_cannot_be_stored_is_refused_at_the_door(int length)
    {
        await using var room = new HostRoom();
        room.Start();
        Assert.Throws<ArgumentException>(() => { _ = room.AddAsync(new string('\u00E9', length), 1); });
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync(new string('\u00E9', 128), 1));
    }

    [Fact]
    public async Task Two_ids_that_would_be_the_same_bytes_are_refused()
    {
        await using var room = new HostRoom();
        room.Start();
        Assert.Throws<ArgumentException>(() => { _ = room.AddAsync("x\uD800", 1); });
        Assert.Throws<ArgumentException>(() => { _ = room.AddAsync("x\uDC00y", 1); });
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync("x\U0001F600", 1));
    }

    [Fact]
    public async Task An_outcome_that_cannot_be_stored_fails_its_own_message_only()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();

        var replies = await room.SendTogetherAsync(
            ("p", room.Addition(1)),
            ("p", new ProbeMessage.Pass(room.Id(), room.Now, new string('x', 300), 1)),
            ("p", new ProbeMessage.Put(room.Id(), room.Now, new string('x', 600), "v")));

        Assert.IsType<ProbeReply.Applied>(replies[0]);
        Assert.IsType<Reply.Failed>(replies[1]);
        Assert.IsType<Reply.Failed>(replies[2]);
        var state = await room.StateAsync("p");
        Assert.Equal((1, 1, 0), (state.Total, state.Count, state.RowCount));
        Assert.Equal(0, room.Host!.Status().Partitions[0].FailedCommits);
    }
}
