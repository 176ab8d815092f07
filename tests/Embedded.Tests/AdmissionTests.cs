using DToC.Conformance;
using DToC.Grains;

namespace DToC.Embedded.Tests;

public sealed class AdmissionTests
{
    [Fact]
    public async Task A_grain_many_write_to_is_told_busy_and_others_are_not()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { MessagesPerGrain = 8 };
        room.Start();
        List<Task<Reply>> hot = [], others = [];
        using (room.HoldCommits(0))
        {
            for (var i = 0; i < 20; i++) hot.Add(room.AddAsync("hot", 1).AsTask());
            for (var i = 0; i < 20; i++) others.Add(room.AddAsync($"other-{i}", 1).AsTask());
        }

        var replies = await Task.WhenAll(hot);
        Assert.Equal((8, 12), (replies.Count(reply => reply is ProbeReply.Applied), replies.Count(IsBusy)));
        Assert.All(await Task.WhenAll(others), reply => Assert.IsType<ProbeReply.Applied>(reply));
        // What was answered made room again.
        Assert.Equal(9, Assert.IsType<ProbeReply.Applied>(await room.AddAsync("hot", 1)).Total);
    }

    [Fact]
    public async Task Messages_sent_together_leave_room_for_one_sent_alone()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { MailboxCapacity = 16, RequestReserve = 4 };
        room.Start();
        Task<Reply[]> bulk;
        List<Task<Reply>> alone = [];
        using (room.HoldCommits(0))
        {
            bulk = SendTogether(room, 40);
            for (var i = 0; i < 5; i++) alone.Add(room.AddAsync($"alone-{i}", 1).AsTask());
        }

        var together = await bulk;
        Assert.Equal((12, 28), (together.Count(reply => reply is ProbeReply.Applied), together.Count(IsBusy)));
        var replies = await Task.WhenAll(alone);
        Assert.Equal((4, 1), (replies.Count(reply => reply is ProbeReply.Applied), replies.Count(IsBusy)));
    }

    [Fact]
    public void One_sent_alone_does_not_wait_behind_a_long_stream_and_the_stream_goes_on()
    {
        using var bell = new Turns.Doorbell();
        var gate = new Lock();
        var mailbox = new Turns.Mailbox(gate, bell);
        var bulk = Enumerable.Range(0, 1_000).Select(_ => Item()).ToList();
        Assert.True(mailbox.Post(bulk));
        var alone = Enumerable.Range(0, 100).Select(_ => Item()).ToList();
        foreach (var item in alone) Assert.True(mailbox.Post(item, Turns.Lane.Request));
        List<Turns.MailItem> taken = [];
        lock (gate) Assert.True(mailbox.Take(40, taken));
        // Three quarters for those sent alone, a quarter for the others, each in their own order.
        Assert.Equal([.. alone[..30], .. bulk[..10]], taken);
        Assert.Equal(1_060, mailbox.Length);

        static Turns.Delivery Item() => new(ProbeGrain.Key("p"), new ProbeMessage.Poison(), admittedBy: null);
    }

    [Fact]
    public void Rooms_are_given_back_to_the_last()
    {
        var admission = new Turns.Admission(capacity: 64, reserve: 16, perGrain: 8);
        for (var round = 0; round < 3; round++)
        {
            List<int> places = [];
            for (var grain = 0; places.Count < 48; grain++)
            {
                if (admission.TryEnter(ProbeGrain.Key($"p{grain}"), isBulk: true, out var place) is Turns.Entry.Entered)
                    places.Add(place);
            }
            Assert.Equal(Turns.Entry.Full, admission.TryEnter(ProbeGrain.Key("more"), isBulk: true, out _));
            Assert.Equal(Turns.Entry.Entered, admission.TryEnter(ProbeGrain.Key("alone"), isBulk: false, out var own));
            Assert.False(admission.Leave(own, out _));
            // The step below the limit is news.
            Assert.True(admission.Leave(places[0], out _));
            foreach (var place in places[1..]) admission.Leave(place, out _);
            Assert.Equal(0, admission.Admitted);
        }
    }

    private static Task<Reply[]> SendTogether(HostRoom room, int count)
    {
        var letters = Enumerable.Range(0, count)
            .Select(i => new Letter(ProbeGrain.Key($"bulk-{i}"), new ProbeMessage.Add(room.Id(), room.Now, 1)))
            .ToList();
        return room.Host!.SendAllAsync(letters, default).AsTask();
    }

    private static bool IsBusy(Reply reply) => reply is Reply.Busy;
}
