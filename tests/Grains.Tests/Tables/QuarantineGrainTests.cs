using System.Text;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Grains.Tests.Tables;

public sealed class QuarantineGrainTests
{
    private readonly TableRoom _room = new(new QuarantineGrain(), QuarantineGrain.KeyOfBucket(0));

    private QuarantineState State => (QuarantineState)_room.State;

    [Fact]
    public void Event_is_kept_as_it_came()
    {
        var kept = Event("a");
        Assert.Equal([kept.Id], Add(kept));
        var read = QuarantinedEvent.FromBytes(_room.Rows[QuarantineGrain.RowOf(kept.Id)]);
        Assert.Equal(kept with { Json = default }, read with { Json = default });
        Assert.Equal(kept.Json.ToArray(), read.Json.ToArray());
        Assert.True(QuarantinedEvent.TryParseId(kept.Id, out var receivedAt, out var hash));
        Assert.Equal((kept.ReceivedAt, kept.ContentHash), (receivedAt, hash));
    }

    [Fact]
    public void Same_bytes_are_kept_once_and_answered_with_the_first_id()
    {
        var first = Event("a");
        Add(first);
        _room.Now = _room.Now.PlusMs(60_000);
        Assert.Equal([first.Id, first.Id], Add(Event("a"), Event("a")));
        Assert.Equal(1, State.Count);
        var both = Event("b");
        Assert.Equal([both.Id, both.Id], Add(Event("b"), Event("b")));
        Assert.Equal(2, State.Count);
    }

    [Fact]
    public void Removed_event_leaves_no_row_behind()
    {
        var kept = Event("a");
        Add(kept);
        Assert.Equal(
            new QuarantineReply.Removed(true), _room.Tell(new QuarantineMessage.Remove(kept.Id)).Reply);
        Assert.Empty(_room.Rows);
        Assert.Equal(0, State.Count);
        Assert.Equal(
            new QuarantineReply.Removed(false), _room.Tell(new QuarantineMessage.Remove(kept.Id)).Reply);
        Assert.Equal(
            new QuarantineReply.Removed(false), _room.Tell(new QuarantineMessage.Remove("nonsense")).Reply);
    }

    [Fact]
    public void Full_bucket_refuses_and_counts()
    {
        for (var i = 0; i < QuarantineGrain.MaxRows; i += 500)
        {
            Assert.All(Add([.. Enumerable.Range(i, 500).Select(n => Event($"n-{n}"))]), Assert.NotNull);
        }
        Assert.Equal([null], Add(Event("one more")));
        Assert.Equal((QuarantineGrain.MaxRows, 1L), (State.Count, State.Refused));
        Assert.Equal(2 * QuarantineGrain.MaxRows, _room.Rows.Count);
    }

    [Fact]
    public void Event_is_forgotten_after_its_days_and_later_ones_wait_on()
    {
        var asked = WakeUps(_room.Tell(new QuarantineMessage.Add([Event("old")])));
        var due = Assert.Single(asked).At;
        Assert.Equal(_room.Now.PlusMs(QuarantineGrain.KeptDays * Instant.DayMs), due);
        _room.Now = _room.Now.PlusMs(Instant.DayMs);
        Assert.Empty(WakeUps(_room.Tell(new QuarantineMessage.Add([Event("young")]))));
        _room.Now = due;
        var next = Assert.Single(WakeUps(_room.Tell(new GrainMessage.WokenUp("expire", due))));
        Assert.Equal((1, 1L, due.PlusMs(Instant.DayMs)), (State.Count, State.Expired, next.At));
        _room.Now = next.At;
        Assert.Empty(WakeUps(_room.Tell(new GrainMessage.WokenUp("expire", next.At))));
        Assert.Empty(_room.Rows);
        Assert.Single(WakeUps(_room.Tell(new QuarantineMessage.Add([Event("new")]))));
    }

    [Fact]
    public void Many_expired_events_are_forgotten_batch_by_batch()
    {
        for (var i = 0; i < 1_200; i += 300) Add([.. Enumerable.Range(i, 300).Select(n => Event($"n-{n}"))]);
        _room.Now = _room.Now.PlusMs(QuarantineGrain.KeptDays * Instant.DayMs);
        var turns = 0;
        var asked = WakeUps(_room.Tell(new GrainMessage.WokenUp("expire", _room.Now)));
        for (; asked.Count > 0; turns++)
        {
            Assert.Equal(_room.Now, asked[0].At);
            asked = WakeUps(_room.Tell(new GrainMessage.WokenUp("expire", _room.Now)));
        }
        Assert.Equal((2, 0), (turns, State.Count));
        Assert.Empty(_room.Rows);
    }

    private IReadOnlyList<string?> Add(params QuarantinedEvent[] events) =>
        Assert.IsType<QuarantineReply.Added>(_room.Tell(new QuarantineMessage.Add(events)).Reply).Ids;

    private QuarantinedEvent Event(string id) => new(
        Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"Unheard Of"}"""), EventProblem.UnknownType, "type",
        "Type 'Unheard Of' is not in the definition", null, id, _room.Now);

    private static List<Effect.WakeUp> WakeUps(TurnResult.Outcome outcome) =>
        [.. outcome.Effects.OfType<Effect.WakeUp>()];
}
