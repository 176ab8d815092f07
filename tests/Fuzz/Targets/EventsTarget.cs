using System.Buffers;
using System.Text;
using DToC.Conformance;
using DToC.Fuzz.Mutation;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Fuzz.Targets;

/// <summary>
/// Events: read or refused; what is read can be folded, written, read back, shown, and read again from the journal.
/// </summary>
internal sealed class EventsTarget() : FuzzTarget("events")
{
    private static readonly Vocabulary[] Vocabularies =
        [new("retail"), new("banking"), new("machines"), new("healthcare"), new("telecom")];

    private static readonly EventReader[] Readers =
        [.. Vocabularies.Select(v => new EventReader(v.Plan.Events, EventLimits.Default))];

    public override byte[] Draw(SeededDraws draws)
    {
        var vocabulary = Vocabularies[draws.Below(Vocabularies.Length)];
        var tree = Tree.Parse(vocabulary.Event(draws, "e1", "c1"));
        if (draws.Percent(90)) Mutations.Change(tree, draws, vocabulary.Names);
        var bytes = tree.ToBytes();
        return draws.Percent(25) ? Mutations.Garble(bytes, draws) : bytes;
    }

    public override string Try(byte[] input, ulong seed)
    {
        // The definition that the event was drawn from.
        var at = new SeededDraws(seed).Below(Vocabularies.Length);
        var now = Instant.From(DateTimeOffset.UtcNow);
        switch (Readers[at].Read(input, now))
        {
            case EventReading.Rejected no:
                Hold(no.Message.Length > 0, "A refusal without a message.");
                return no.Problem.ToString();
            case EventReading.Read { Event: var e }:
                Fold(e, Vocabularies[at].Plan, now);
                var stored = Readers[at].ReadStored(e.Json, e.OccurredAt, e.ReceivedAt);
                Hold(stored is EventReading.Read { Event: var again } && again.Id == e.Id && again.Source == e.Source
                    && again.OccurredAt == e.OccurredAt, "The journal does not give the event back.");
                return "read";
            default:
                throw new InvalidOperationException("An unknown reading.");
        }
    }

    private static void Fold(TouchpointEvent e, TwinPlan plan, Instant now)
    {
        var state = new CustomerState(plan);
        CommutativeFold.Apply(state, e);
        OrderedFold.Apply(state, e);
        var buffer = new ArrayBufferWriter<byte>();
        StateCodec.Write(state, buffer);
        var again = StateCodec.Read(buffer.WrittenSpan, new PlanCatalog(plan, []));
        var second = new ArrayBufferWriter<byte>();
        StateCodec.Write(again, second);
        Hold(buffer.WrittenSpan.SequenceEqual(second.WrittenSpan), "A state is not what it was written as.");
        var json = System.Text.Json.JsonSerializer.Serialize(TwinView.Of("c1", state, now));
        Hold(json.Length > 0 && Encoding.UTF8.GetByteCount(json) > 0, "A twin cannot be shown.");
    }
}
