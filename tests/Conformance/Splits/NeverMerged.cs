using System.Buffers;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>A customer that was told the same and was never merged, on a grain of its own.</summary>
internal static class NeverMerged
{
    /// <summary>Its state, with consents and attributes, without what decisions left.</summary>
    public static CustomerState Of(
        IEnumerable<TouchpointEvent> events, IEnumerable<CustomerMessage> said, PlanCatalog plans)
    {
        var grain = new CustomerGrain();
        var key = GrainKey.Customer("x");
        var state = grain.Create(key, plans.Current);
        Tell(new CustomerMessage.Observe([.. events.DistinctBy(e => e.KeyHash)]));
        var twin = ((CustomerActivation)state).Twin;
        var all = said.ToList();
        foreach (var attributes in all.OfType<CustomerMessage.SetAttributes>()) Tell(attributes);
        foreach (var consents in all.OfType<CustomerMessage.SetConsents>())
        {
            foreach (var change in consents.Changes)
            {
                // Not by the grain, which would forget: that has its own judgement.
                ref var consent = ref twin.Consents[plans.Current.Consent.FindPurpose(change.Purpose)];
                consent = change.ApplyTo(consent, consents.At!.Value, consents.Source); // the script gives a time
            }
        }
        return twin;

        void Tell(CustomerMessage message)
        {
            var result = grain.Handle(message, new Turn
            {
                Key = key,
                Now = SimulatedHost.Start,
                Seed = 1,
                State = state,
                Rows = NoRows.Instance,
                Leases = Leases.None,
                Plans = plans,
            });
            if (result is not TurnResult.Outcome { Reply: CustomerReply.Observed or Reply.Done })
                throw new InvalidOperationException($"The one never merged answers {result}.");
        }
    }

    /// <summary>
    /// The bytes of a state without what may differ: decisions, counters of refusals, numbers of moves.
    /// </summary>
    public static ulong HashOf(CustomerState state)
    {
        state.Contacts.Clear();
        foreach (var facet in state.Facets.Prepend(state).OfType<CustomerState>())
        {
            facet.Held.Clear();
            facet.WakeUps.Clear();
        }
        Array.Clear(state.WithoutWinner);
        Array.Clear(state.Refused);
        state.Parted.Clear();
        state.Links.Sort(static (a, b) => a.Hash.CompareTo(b.Hash));
        (state.DecisionCount, state.MoveNumber) = (0, 0);
        // A checkpoint's end is that of all it held. What is newer in its own history is newer here too.
        if (state.Newest.CompareTo(state.Checkpoint) <= 0) state.Newest = OrderKey.None;
        state.Checkpoint = OrderKey.None;
        var written = new ArrayBufferWriter<byte>();
        StateCodec.Write(state, written);
        return StableHash.Of(written.WrittenSpan);
    }

    private sealed class NoRows : IRowReader
    {
        public static readonly NoRows Instance = new();

        public ReadOnlyMemory<byte>? Find(string row) => null;

        public IReadOnlyList<GrainRow> Range(string from, int limit) => [];
    }
}
