using DToC.Grains;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// The real customer grain with one duty undone from outside: its state is changed before a turn, or what the turn
/// gave is changed after it.
/// </summary>
internal sealed class MutantGrain(
    Action<CustomerState, GrainMessage>? before, Func<TurnResult.Outcome, TurnResult.Outcome>? after)
    : MutatedGrain(new CustomerGrain())
{
    /// <summary>Whether a merged customer does not say that a message was sent to it.</summary>
    private bool LeadsOnAsItCame { get; init; }

    public override TurnResult Handle(GrainMessage message, Turn turn)
    {
        before?.Invoke(((CustomerActivation)turn.State).Twin, message);
        var result = base.Handle(message, turn);
        if (result is TurnResult.MovedTo moved && LeadsOnAsItCame) return moved with { Message = null };
        return result is TurnResult.Outcome outcome && after is not null ? after(outcome) : result;
    }

    /// <summary>Mutations by the duty that is undone.</summary>
    public static MutantGrain Of(string mutation) => mutation switch
    {
        "SkipsTheDuplicateCheck" => new((state, _) => state.Recent.Clear(), null),
        "TakesEventsAsTheyCome" => new((state, _) => state.Newest = OrderKey.None, null),
        "DropsJournalEntries" => new(null, WithoutSomeEvents),
        "DropsWakeUps" => new(null, o => o with { Effects = [.. o.Effects.Where(e => e is not Effect.WakeUp)] }),
        "DropsLinks" => new(null, o => o with { Effects = [.. o.Effects.Where(e => !IsLink(e))] }),
        "PublishesWhatItDoesNotKeep" => new(null, WithoutDecisions),
        "ForgetsContacts" => new((state, _) => state.Contacts.Clear(), null),
        "IgnoresConsent" => new((state, _) => Array.Fill(state.Consents, Granted(state)), null),
        "ForgetsWhomItTookIn" => new(ForgetMerged, null),
        "CountsTwice" => new((state, _) => state.Longs[StateLayout.EventCount] += state.EventCount == 3 ? 1 : 0, null),
        "MixesPersonas" => new(MixPersonas, null),
        "WakesAgain" => new(WakeAgain, null),
        "KeepsTheForgotten" => new(null, o => o with { Rewritten = null }),
        "LeadsOnAsItCame" => new(null, null) { LeadsOnAsItCame = true },
        "ForgetsWhatWasSentToBoth" => new(null, o => o with
        {
            Journal = [.. o.Journal.Where(e => e.Kind != JournalKind.AlsoSent)],
        }),
        "KeepsNoParts" => new(null, o => o with { Journal = [.. o.Journal.Select(WithoutParts)] }),
        "ReturnsNothing" => new(null, o => o with { Effects = [.. o.Effects.Select(WithoutEntries)] }),
        _ => throw new ArgumentException($"There is no mutation {mutation}.", nameof(mutation)),
    };

    private static TurnResult.Outcome WithoutSomeEvents(TurnResult.Outcome outcome) =>
        outcome with { Journal = [.. outcome.Journal.Where(e => e.Seed % 10 != 0 || e.Kind != JournalKind.Event)] };

    private static bool IsLink(Effect effect) => effect is Effect.Send { Message: IdentityMessage };

    private static TurnResult.Outcome WithoutDecisions(TurnResult.Outcome outcome) =>
        outcome with { Journal = [.. outcome.Journal.Where(e => e.Kind != JournalKind.Decision)] };

    private static ConsentRecord Granted(CustomerState state) =>
        new(ConsentStatus.Granted, state.LastAt, "nobody");

    /// <summary>A checkpoint as those were that kept no part of each.</summary>
    private static JournalEntry WithoutParts(JournalEntry entry)
    {
        if (entry.Kind != JournalKind.Checkpoint) return entry;
        var inside = DToC.Twin.State.Envelope.Open(entry.Payload.Span);
        if (inside[0] != 255) return entry;
        var reader = new BinaryFormReader(inside[1..]);
        for (var left = reader.Count(65); left > 0; left--) (_, _) = (reader.Text(), reader.Bytes().Length);
        return entry with { Payload = DToC.Twin.State.Envelope.Seal(reader.Rest) };
    }

    private static Effect WithoutEntries(Effect effect) =>
        effect is Effect.Send { Message: CustomerMessage.Return back } send
            ? send with { Message = back with { Entries = [] } }
            : effect;

    private static void ForgetMerged(CustomerState state, GrainMessage message)
    {
        if (message is CustomerMessage.Absorb) state.Merged.Clear();
    }

    /// <summary>One event of a persona is taken for one of the customer as such.</summary>
    private static void MixPersonas(CustomerState state, GrainMessage message)
    {
        if (state.FindFacet(0) is not { EventCount: 3 } facet) return;
        facet.Longs[StateLayout.EventCount]--;
        state.Longs[StateLayout.EventCount]++;
    }

    private static void WakeAgain(CustomerState state, GrainMessage message)
    {
        if (message is not GrainMessage.WokenUp wokenUp) return;
        state.WakeUps.Ask(DToC.Twin.StableHash.Of(wokenUp.Name), wokenUp.At);
    }
}
