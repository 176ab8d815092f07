using System.Text;
using DToC.Twin;

namespace DToC.Grains.Tests.Tables;

public sealed class DeliveriesGrainTests
{
    private readonly TableRoom _room = new(new DeliveriesGrain(), DeliveriesGrain.KeyOf("crm"));

    private DeliveriesState State => (DeliveriesState)_room.State;

    [Fact]
    public void Delivery_is_kept_as_it_was_with_the_place_in_one_turn()
    {
        var kept = Kept("anna", 7) with { Attempts = 1, Reason = "status-500" };
        var settled = Settle(new DeliveriesMessage.Settle
        {
            Places = [new TopicPlace(Topic.Decision, "cursor-1")],
            Keep = [kept],
        });
        Assert.Equal([1L], settled.Numbers);
        Assert.Equal((1, 0), (settled.Waiting, settled.Dead));
        var read = KeptDelivery.FromBytes(_room.Rows["w0000000000000001"]);
        Assert.Equal(kept with { Payload = default }, read with { Payload = default });
        Assert.Equal(kept.Payload.ToArray(), read.Payload.ToArray());
        Assert.Equal("cursor-1", State.Places[Topic.Decision]);
    }

    [Fact]
    public void Delivery_waits_dies_and_comes_back_as_if_it_were_new()
    {
        Settle(new DeliveriesMessage.Settle { Keep = [Kept("anna", 1), Kept("bert", 2)] });
        var later = _room.Now.PlusMs(5_000);
        Settle(new DeliveriesMessage.Settle { Tried = [new TriedDelivery(1, 2, later, "timed-out", IsDead: false)] });
        Assert.Equal(
            (2, later, "timed-out"),
            (Row('w', 1).Attempts, Row('w', 1).At, Row('w', 1).Reason));
        Settle(new DeliveriesMessage.Settle { Tried = [new TriedDelivery(1, 3, later, "status-500", IsDead: true)] });
        Assert.Equal((1, 1, _room.Now), (State.Waiting, State.Dead, Row('d', 1).At));

        Assert.Equal(0, Moved(new DeliveriesMessage.Replay(new DeadLetters(null, "timed-out"))).Count);
        Assert.Equal(1, Moved(new DeliveriesMessage.Replay(new DeadLetters([1, 99], "status-500"))).Count);
        Assert.Equal((2, 0, 0), (State.Waiting, State.Dead, Row('w', 3).Attempts));
        Assert.Equal(Row('w', 3).Effect, Kept("anna", 1).Effect);
    }

    [Fact]
    public void Nothing_is_given_up_beyond_the_limit()
    {
        const int some = 500;
        for (var from = 0; from < DeliveriesGrain.MaxDead; from += some)
        {
            Settle(new DeliveriesMessage.Settle { Keep = [.. Enumerable.Range(from, some).Select(i => Kept("c", i))] });
            Settle(new DeliveriesMessage.Settle
            {
                Tried = [.. Enumerable.Range(from + 1, some).Select(n => Dead(n))],
            });
        }
        Settle(new DeliveriesMessage.Settle { Keep = [Kept("one more", 1)] });
        var settled = Settle(new DeliveriesMessage.Settle { Tried = [Dead(DeliveriesGrain.MaxDead + 1)] });
        Assert.Equal((1, DeliveriesGrain.MaxDead), (settled.Waiting, settled.Dead));
        // As many come back as there is room for.
        var count = 0;
        DeliveriesReply.Moved moved;
        do
        {
            moved = Moved(new DeliveriesMessage.Replay(new DeadLetters(null, null)));
            count += moved.Count;
        }
        while (!moved.IsAll && moved.Count > 0);
        Assert.Equal((DeliveriesGrain.MaxWaiting - 1, DeliveriesGrain.MaxWaiting), (count, State.Waiting));
    }

    [Fact]
    public void Dead_letters_are_forgotten_after_their_time_and_those_behind_them_are_not()
    {
        Settle(new DeliveriesMessage.Settle { Keep = [Kept("anna", 1), Kept("bert", 2)] });
        var outcome = _room.Tell(new DeliveriesMessage.Settle { Tried = [Dead(1)] });
        var wake = Assert.IsType<Effect.WakeUp>(Assert.Single(outcome.Effects));
        _room.Now = _room.Now.PlusMs(Instant.DayMs);
        Assert.Empty(_room.Tell(new DeliveriesMessage.Settle { Tried = [Dead(2)] }).Effects);

        _room.Now = wake.At;
        _room.Tell(new GrainMessage.WokenUp(wake.Name, wake.At));
        outcome = _room.Tell(new GrainMessage.WokenUp(wake.Name, wake.At));
        Assert.Equal((1, 1L, true), (State.Dead, State.Expired, _room.Rows.ContainsKey("d0000000000000002")));
        Assert.Equal(wake.At.PlusMs(Instant.DayMs), Assert.IsType<Effect.WakeUp>(Assert.Single(outcome.Effects)).At);
    }

    [Fact]
    public void Rows_of_a_customer_go_with_it_and_do_not_come_back()
    {
        Settle(new DeliveriesMessage.Settle { Keep = [Kept("anna", 1), Kept("bert", 2), Kept("anna", 3)] });
        Settle(new DeliveriesMessage.Settle { Tried = [Dead(3)] });
        var grain = new DeliveriesGrain();
        var anna = new DataSubject(["anna"], []);
        var hers = _room.Rows.Where(row => grain.Concerns(new GrainRow(row.Key, row.Value), anna))
            .Select(row => row.Key).ToList();
        Assert.Equal(["d0000000000000003", "w0000000000000001"], hers);
        foreach (var trace in grain.TracesOf(anna))
            Assert.All(hers, row => Assert.True(_room.Rows[row].Span.IndexOf(trace) >= 0));

        _room.Tell(new GrainMessage.RemoveRows(hers));
        Settle(new DeliveriesMessage.Settle
        {
            Tried = [new TriedDelivery(1, 1, _room.Now, "status-500", IsDead: false)],
        });
        Assert.Equal(("w0000000000000002", 1, 0), (Assert.Single(_room.Rows).Key, State.Waiting, State.Dead));
    }

    [Fact]
    public void Clearing_leaves_nothing_and_numbers_rise_on()
    {
        Settle(new DeliveriesMessage.Settle
        {
            Keep = [.. Enumerable.Range(0, 700).Select(i => Kept("c", i))],
            Places = [new TopicPlace(Topic.Decision, "x")],
        });
        Assert.False(Moved(new DeliveriesMessage.Clear()).IsAll);
        Assert.True(Moved(new DeliveriesMessage.Clear()).IsAll);
        Assert.Equal((0, 0, 0), (_room.Rows.Count, State.Waiting, State.Places.Count));
        Assert.Equal([701L], Settle(new DeliveriesMessage.Settle { Keep = [Kept("c", 1)] }).Numbers);
    }

    private KeptDelivery Row(char letter, long number) =>
        KeptDelivery.FromBytes(_room.Rows[KeptDelivery.RowOf(letter, number)]);

    private TriedDelivery Dead(long number) => new(number, 3, _room.Now, "status-500", IsDead: true);

    private KeptDelivery Kept(string customer, long sequence) => new(
        new EffectId(GrainKey.Customer(customer), sequence), Topic.Decision, Encoding.UTF8.GetBytes("payload"),
        _room.Now, 0, _room.Now, "");

    private DeliveriesReply.Settled Settle(DeliveriesMessage.Settle settle) =>
        Assert.IsType<DeliveriesReply.Settled>(_room.Tell(settle).Reply);

    private DeliveriesReply.Moved Moved(DeliveriesMessage message) =>
        Assert.IsType<DeliveriesReply.Moved>(_room.Tell(message).Reply);
}
