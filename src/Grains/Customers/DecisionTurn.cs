using System.Buffers;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The part of a turn that scores and decides. Keeps scratch between turns of one partition; nothing in it outlives
/// a turn.
/// </summary>
internal sealed class DecisionTurn
{
    private TurnDecider? _decider;
    private long[] _lastBefore = [];

    /// <summary>Takes the measures that are compared after the fold.</summary>
    public void Begin(CustomerTurn turn)
    {
        var triggers = turn.Plan.Decisions.Triggers;
        if (_decider?.Plan != turn.Plan)
        {
            _decider = new TurnDecider(turn.Plan);
            _lastBefore = new long[triggers.Length * (turn.Plan.Events.Personas.Count + 1)];
        }
        Forget();
        for (var persona = PersonaSchema.Nobody; persona < turn.Twin.Facets.Length; persona++)
        {
            var longs = turn.Twin.FindFacet(persona)?.Longs;
            var before = LastBefore(persona, triggers.Length);
            for (var i = 0; i < triggers.Length; i++)
            {
                var slot = triggers[i].LastAt;
                before[i] = slot < 0 ? 0 : longs is null ? TouchpointEvent.Missing : longs[slot];
            }
        }
    }

    /// <summary>What was read is of another turn.</summary>
    public void Forget() => _decider?.Forget();

    /// <summary>Looks which segments the customer is in now, and what it contributes to them.</summary>
    public void Stand(CustomerTurn turn)
    {
        if (_decider?.Plan != turn.Plan) Begin(turn);
        Begun.Stand(turn.Segments, turn.Twin, turn.Now);
    }

    private Span<long> LastBefore(int persona, int triggers) =>
        _lastBefore.AsSpan((persona + 1) * triggers, triggers);

    /// <summary>
    /// Asks for a wake-up of each trigger whose last event
    /// is new. Moments that have passed are not asked for.
    /// </summary>
    public void AskForWakeUps(CustomerTurn turn)
    {
        var triggers = turn.Plan.Decisions.Triggers;
        for (var persona = PersonaSchema.Nobody; persona < turn.Twin.Facets.Length; persona++)
        {
            if (turn.Twin.FindFacet(persona) is not { } facet) continue;
            var before = LastBefore(persona, triggers.Length);
            for (var i = 0; i < triggers.Length; i++)
            {
                if (triggers[i].LastAt < 0) continue;
                var last = facet.Longs[triggers[i].LastAt];
                if (last == before[i]) continue;
                var at = new Instant(last + triggers[i].DelayMs);
                // One that is due and has not come is moved, not forgotten.
                if (at <= turn.Now && facet.WakeUps.Find(triggers[i].NameHash) is null) continue;
                Ask(turn, facet, triggers[i], at);
            }
        }
    }

    private static void Ask(CustomerTurn turn, CustomerState facet, TriggerPlan trigger, Instant at)
    {
        facet.WakeUps.Ask(trigger.NameHash, at);
        turn.WakeUp(facet.WakeUpName(trigger), at);
    }

    /// <summary>When a trigger is due by what is known; never when nothing is.</summary>
    private static Instant DueAt(CustomerState facet, TriggerPlan trigger)
    {
        var last = facet.Longs[trigger.LastAt];
        return last == TouchpointEvent.Missing ? Instant.Never : new Instant(last + trigger.DelayMs);
    }

    /// <summary>After events were forgotten: wake-ups that they had asked for go back to what the others ask.</summary>
    public static void AskAgain(CustomerTurn turn) => AskAgain(turn, turn.Twin, isSplit: false);

    /// <summary>After a split: the same, of those who stay.</summary>
    public static void AskForStaying(CustomerTurn turn) => AskAgain(turn, turn.Twin, isSplit: true);

    private static void AskAgain(CustomerTurn turn, CustomerState facet, bool isSplit)
    {
        foreach (var trigger in turn.Plan.Decisions.Triggers)
        {
            if (trigger.LastAt < 0 || facet.WakeUps.Find(trigger.NameHash) is not { } asked) continue;
            var at = DueAt(facet, trigger);
            if (at == asked) continue;
            facet.WakeUps.Take(trigger.NameHash, asked);
            if (at > turn.Now || (isSplit && HasNotCome(trigger, at, asked))) Ask(turn, facet, trigger, at);
            else turn.WakeUp(facet.WakeUpName(trigger), Instant.Never);
        }
        foreach (var other in facet.Facets)
        {
            if (other is not null) AskAgain(turn, other, isSplit);
        }
    }

    /// <summary>
    /// After a split, of one who goes: all that this customer alone waits for is asked for, as if nothing had come.
    /// What is due already comes too, unless it came while it was merged.
    /// </summary>
    public static void AskAnew(CustomerTurn turn) => AskAnew(turn, turn.Twin);

    private static void AskAnew(CustomerTurn turn, CustomerState facet)
    {
        List<(TriggerPlan Trigger, Instant At)> asked = [];
        foreach (var trigger in turn.Plan.Decisions.Triggers)
        {
            if (trigger.LastAt < 0) continue;
            var at = DueAt(facet, trigger);
            // What those united waited for came along.
            if (at > turn.Now || HasNotCome(trigger, at, facet.WakeUps.Find(trigger.NameHash)))
                asked.Add((trigger, at));
        }
        facet.WakeUps.Clear();
        foreach (var (trigger, at) in asked) Ask(turn, facet, trigger, at);
        foreach (var other in facet.Facets)
        {
            if (other is not null) AskAnew(turn, other);
        }
    }

    /// <summary>
    /// Whether the wake-up that is due for one of those united has not come: theirs is that one, or another's event
    /// moved it before it was due.
    /// </summary>
    private static bool HasNotCome(TriggerPlan trigger, Instant at, Instant? united) =>
        united is { } theirs && at <= theirs && theirs.PlusMs(-trigger.DelayMs) <= at;

    /// <summary>Asks anew for the wake-ups that a merged customer waited for and this one did not.</summary>
    public static void AskForMerged(CustomerTurn turn, CustomerState merged)
    {
        foreach (var trigger in turn.Plan.Decisions.Triggers)
        {
            var facet = turn.Twin.FacetOf(merged.Persona);
            if (merged.WakeUps.Find(trigger.NameHash) is { } at && facet.WakeUps.Find(trigger.NameHash) == at)
                turn.WakeUp(facet.WakeUpName(trigger), at);
        }
        foreach (var other in merged.Facets)
        {
            if (other is not null) AskForMerged(turn, other);
        }
    }

    /// <summary>Scores what the rules of every turn read, in each facet, and fires thresholds.</summary>
    public void Run(CustomerTurn turn, bool mayFireThresholds)
    {
        for (var persona = PersonaSchema.Nobody; persona < turn.Twin.Facets.Length; persona++)
        {
            if (turn.Twin.FindFacet(persona) is { } facet) Run(turn, facet, firedByEvents: 0, mayFireThresholds);
        }
    }

    /// <summary>Scores what the rules of every turn read, then fires triggers of events and thresholds.</summary>
    public void Run(CustomerTurn turn, CustomerState facet, ulong firedByEvents, bool mayFireThresholds)
    {
        var decider = Begun;
        decider.Read(facet, turn.Now);
        var fired = decider.Fired(facet, firedByEvents, mayFireThresholds);
        for (var i = 0; fired != 0; i++, fired >>= 1)
        {
            if ((fired & 1) != 0) Fire(turn, facet, i);
        }
    }

    /// <summary>Fires a wake-up trigger if its rule holds now; thresholds that time alone crossed fire too.</summary>
    public void RunWakeUp(CustomerTurn turn, CustomerState facet, int trigger)
    {
        Begun.Read(facet, turn.Now);
        var holds = Begun.Holds(trigger);
        Run(turn, facet, firedByEvents: 0, mayFireThresholds: true);
        if (holds) Fire(turn, facet, trigger);
    }

    /// <summary>Decides for a request and says all the choice rested on, whatever it was.</summary>
    public DecisionRecord Answer(CustomerTurn turn, CustomerState facet, IReadOnlyList<string?> context)
    {
        var chosen = Choose(turn, facet, turn.Plan.Decisions.RequestSlot, [.. context]);
        var record = RecordOf(turn, facet, chosen);
        Keep(turn, record);
        return record;
    }

    /// <summary>Counts the winner as a contact where a rule asks for it.</summary>
    public static void Remember(CustomerState state, DecisionRecord record)
    {
        var offer = state.Plan.Decisions.Offers[record.Candidates[record.Winner].Offer];
        var channel = state.Plan.Decisions.Channels[offer.Channel];
        if (!channel.Outbound && offer.CoolDownMs == 0) return;
        state.AddContact(new Contact(record.Inputs.Now, offer.NameHash, channel.NameHash, channel.Outbound));
    }

    private TurnDecider Begun => _decider ?? throw new InvalidOperationException("Begin comes first.");

    /// <summary>Decides for a trigger. A choice without a winner is counted; nothing else is kept of it.</summary>
    private void Fire(CustomerTurn turn, CustomerState facet, int trigger)
    {
        // Nobody knows under which id it would go out.
        if (facet is { IsPseudonymous: true, Pseudonym: null }) return;
        var chosen = Choose(turn, facet, trigger, []);
        if (chosen.Outcome is Rejection.None or Rejection.Holdout) Keep(turn, RecordOf(turn, facet, chosen));
    }

    private (int Count, int Winner, Rejection Outcome) Choose(
        CustomerTurn turn, CustomerState facet, int trigger, ReadOnlySpan<string?> context)
    {
        Begun.ReadAll(facet, turn.Now, trigger, context);
        var (count, winner) = Begun.Decide(facet, Decider.IsHeldOut(turn.Plan, turn.Customer));
        var outcome = DecisionRecord.OutcomeOf(Begun.Candidates[..count], winner);
        turn.Twin.DecisionCount++;
        if (outcome != Rejection.None) turn.Twin.WithoutWinner[(int)outcome]++;
        return (count, winner, outcome);
    }

    private DecisionRecord RecordOf(
        CustomerTurn turn, CustomerState facet, (int Count, int Winner, Rejection Outcome) chosen)
    {
        var customer = facet.Pseudonym ?? turn.Customer;
        return new DecisionRecord
        {
            Id = DecisionRecord.IdOf(customer, turn.Floor + turn.Twin.DecisionCount),
            Customer = customer,
            Persona = facet.Persona < 0 ? null : turn.Plan.Events.Personas.Names[facet.Persona],
            PlanHash = turn.Plan.Hash,
            Seed = turn.Seed,
            Inputs = Begun.Inputs.Copy(),
            Candidates = Begun.Candidates[..chosen.Count].ToArray(),
            Winner = chosen.Winner,
        };
    }

    /// <summary>Records what the choice rested on, and sends a winner out.</summary>
    private static void Keep(CustomerTurn turn, DecisionRecord record)
    {
        var outcome = record.Outcome;
        if (outcome is not (Rejection.None or Rejection.Holdout)) return;
        var stored = Stored(record);
        turn.Journal(JournalKind.Decision, turn.Now, turn.Plan.Consent.LongestRetentionMs, stored);
        if (outcome == Rejection.Holdout) return;
        Remember(turn.Twin, record);
        turn.Publish(Topic.Decision, stored);
    }

    private static byte[] Stored(DecisionRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        Envelope.BeginPlain(buffer);
        record.Write(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
