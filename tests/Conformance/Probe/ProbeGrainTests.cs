using System.Buffers;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

public sealed class ProbeGrainTests
{
    private static readonly GrainKey Key = ProbeGrain.Key("a");
    private readonly ProbeGrain _grain = new();
    private readonly List<JournalEntry> _journal = [];
    private ProbeState _state;
    private long _now = 1_000;

    public ProbeGrainTests() => _state = (ProbeState)_grain.Create(Key, ProbePlans.First);

    [Fact]
    public void Commands_in_any_order_and_repeated_give_one_checksum()
    {
        for (var i = 0; i < 30; i++) Tell(new ProbeMessage.Add($"m{i}", new Instant(i), i));
        var straight = _state;
        _state = (ProbeState)_grain.Create(Key, ProbePlans.First);
        _journal.Clear();

        for (var i = 29; i >= 0; i--)
        {
            Tell(new ProbeMessage.Add($"m{i}", new Instant(i), i));
            var before = (i + 29) / 2;
            var again = Tell(new ProbeMessage.Add($"m{before}", new Instant(before), 0));
            Assert.IsType<ProbeReply.Repeated>(again);
        }

        Assert.Equal((30, 435, straight.Checksum), (_state.Count, _state.Total, _state.Checksum));
        Assert.Equal(ProbeAlarms.None, _state.Alarms);
    }

    [Fact]
    public void A_lost_journal_entry_raises_the_alarm()
    {
        for (var i = 0; i < 12; i++) Tell(new ProbeMessage.Add($"m{i}", new Instant(100 + i), i));
        _journal.RemoveAt(3);

        Tell(new ProbeMessage.Add("early", new Instant(1), 1));

        Assert.Equal(ProbeAlarms.HistoryNotWhole, _state.Alarms);
    }

    [Fact]
    public void A_state_survives_its_codec()
    {
        Tell(new ProbeMessage.Add("m1", new Instant(5), -7));
        Tell(new ProbeMessage.Pass("m2", new Instant(6), "b", 3));
        Tell(new ProbeMessage.Wake("m3", new Instant(7), "w", new Instant(900)));
        Tell(new ProbeMessage.Received("c", "a", 1, 44));

        var bytes = Encode(_state);
        var again = Encode(_grain.Decode(Key, bytes, new PlanCatalog(ProbePlans.First)));

        Assert.Equal(bytes, again);
        Assert.Throws<InvalidDataException>(() => ProbeCodec.ReadState(bytes.AsSpan(0, bytes.Length - 1)));
    }

    [Fact]
    public void A_checkpoint_stands_for_the_entries_before_it()
    {
        for (var i = 0; i < 12; i++) Tell(new ProbeMessage.Add($"m{i}", new Instant(100 + i), i));
        Tell(new GrainMessage.TakeCheckpoint());
        _journal.RemoveRange(0, _journal.Count - 1);

        Assert.IsType<ProbeReply.Repeated>(Tell(new ProbeMessage.Add("m0", new Instant(100), 0)));
        Tell(new ProbeMessage.Add("early", new Instant(1), 1));

        Assert.Equal(ProbeAlarms.None, _state.Alarms);
        Assert.Equal(13, _state.Count);
    }

    private Reply Tell(GrainMessage message)
    {
        var turn = new Turn
        {
            Key = Key,
            Now = new Instant(_now++),
            Seed = 1,
            State = _state,
            Rows = new NoRows(),
            Leases = Leases.None,
            Plans = new PlanCatalog(ProbePlans.First),
        };
        var result = _grain.Handle(message, turn);
        if (result is TurnResult.NeedsHistory)
        {
            result = _grain.Handle(message, turn with { History = new History(_journal) });
        }
        var outcome = Assert.IsType<TurnResult.Outcome>(result);
        _journal.AddRange(outcome.Journal);
        return outcome.Reply;
    }

    private byte[] Encode(GrainState state)
    {
        var output = new ArrayBufferWriter<byte>();
        _grain.Encode(state, output);
        return output.WrittenSpan.ToArray();
    }

    private sealed class NoRows : IRowReader
    {
        public ReadOnlyMemory<byte>? Find(string row) => null;

        public IReadOnlyList<GrainRow> Range(string from, int limit) => [];
    }
}
