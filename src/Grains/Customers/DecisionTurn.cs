using System.Buffers;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
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
            _lastBefore = new long[triggers.Length];
        }
        for (var i = 0; i < triggers.Length; i++)
        {
            _lastBefore[i] = triggers[i].LastAt < 0 ? 0 : turn.Twin.Longs[triggers[i].LastAt];
        }
    }

    /// <summary>
    /// Asks for a wake-up of each trigger whose last event
    /// is new. Moments that have passed are not asked for.
    /// </summary>
    public void AskForWakeUps(CustomerTurn turn)
    {
        var triggers = turn.Plan.Decisions.Triggers;
        for (var i = 0; i < triggers.Length; i++)
        {
            if (triggers[i].LastAt < 0) continue;
            var last = turn.Twin.Longs[triggers[i].LastAt];
            if (last == _lastBefore[i]) continue;
            var at = new Instant(last + triggers[i].DelayMs);
            // One that is due and has not come is moved, not forgotten.
            if (at <= turn.Now && turn.Twin.WakeUps.Find(triggers[i].NameHash) is null) continue;
            turn.Twin.WakeUps.Ask(triggers[i].NameHash, at);
            turn.WakeUp(triggers[i].Name, at);
        }
    }

    /// <summary>After events were forgotten: wake-ups that they had asked for go back to what the others ask.</summary>
    public static void AskAgain(CustomerTurn turn)
    {
        foreach (var trigger in turn.Plan.Decisions.Triggers)
        {
            if (trigger.LastAt < 0 || turn.Twin.WakeUps.Find(trigger.NameHash) is not { } asked) continue;
            var last = turn.Twin.Longs[trigger.LastAt];
            var at = last == TouchpointEvent.Missing ? Instant.Never : new Instant(last + trigger.DelayMs);
            if (at == asked) continue;
            turn.Twin.WakeUps.Take(trigger.NameHash, asked);
            if (at > turn.Now) turn.Twin.WakeUps.Ask(trigger.NameHash, at);
            turn.WakeUp(trigger.Name, at > turn.Now ? at : Instant.Never);
        }
    }

    /// <summary>
    /// After a split: all that this customer alone waits for is asked for, as if nothing had come. After a merge that
    /// was refused, also what was due meanwhile, which it still waits for.
    /// </summary>
    public static void AskAnew(CustomerTurn turn)
    {
        var triggers = turn.Plan.Decisions.Triggers;
        var asked = Array.ConvertAll(triggers, trigger => turn.Twin.WakeUps.Find(trigger.NameHash));
        turn.Twin.WakeUps.Clear();
        for (var i = 0; i < triggers.Length; i++)
        {
            if (triggers[i].LastAt < 0) continue;
            var last = turn.Twin.Longs[triggers[i].LastAt];
            var at = last == TouchpointEvent.Missing ? Instant.Never : new Instant(last + triggers[i].DelayMs);
            if (at <= turn.Now && at != asked[i]) continue;
            turn.Twin.WakeUps.Ask(triggers[i].NameHash, at);
            turn.WakeUp(triggers[i].Name, at);
        }
    }

    /// <summary>Asks anew for the wake-ups that a merged customer waited for and this one did not.</summary>
    public static void AskForMerged(CustomerTurn turn, CustomerState merged)
    {
        foreach (var trigger in turn.Plan.Decisions.Triggers)
        {
            if (merged.WakeUps.Find(trigger.NameHash) is { } at && turn.Twin.WakeUps.Find(trigger.NameHash) == at)
            {
                turn.WakeUp(trigger.Name, at);
            }
        }
    }

    /// <summary>Scores what the rules of every turn read, then fires triggers of events and thresholds.</summary>
    public void Run(CustomerTurn turn, ulong firedByEvents, bool mayFireThresholds)
    {
        var decider = Begun;
        decider.Read(turn.Twin, turn.Now);
        var fired = decider.Fired(turn.Twin, firedByEvents, mayFireThresholds);
        for (var i = 0; fired != 0; i++, fired >>= 1)
        {
            if ((fired & 1) != 0) Fire(turn, i);
        }
    }

    /// <summary>Fires a wake-up trigger if its rule holds now; thresholds that time alone crossed fire too.</summary>
    public void RunWakeUp(CustomerTurn turn, int trigger)
    {
        Begun.Read(turn.Twin, turn.Now);
        var holds = Begun.Holds(trigger);
        Run(turn, firedByEvents: 0, mayFireThresholds: true);
        if (holds) Fire(turn, trigger);
    }

    /// <summary>Decides for a request and says all the choice rested on, whatever it was.</summary>
    public DecisionRecord Answer(CustomerTurn turn, IReadOnlyList<string?> context)
    {
        var chosen = Choose(turn, turn.Plan.Decisions.RequestSlot, [.. context]);
        var record = RecordOf(turn, chosen);
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
    private void Fire(CustomerTurn turn, int trigger)
    {
        var chosen = Choose(turn, trigger, []);
        if (chosen.Outcome is Rejection.None or Rejection.Holdout) Keep(turn, RecordOf(turn, chosen));
    }

    private (int Count, int Winner, Rejection Outcome) Choose(
        CustomerTurn turn, int trigger, ReadOnlySpan<string?> context)
    {
        Begun.ReadAll(turn.Twin, turn.Now, trigger, context);
        var (count, winner) = Begun.Decide(turn.Twin, Decider.IsHeldOut(turn.Plan, turn.Customer));
        var outcome = DecisionRecord.OutcomeOf(Begun.Candidates[..count], winner);
        turn.Twin.DecisionCount++;
        if (outcome != Rejection.None) turn.Twin.WithoutWinner[(int)outcome]++;
        return (count, winner, outcome);
    }

    private DecisionRecord RecordOf(CustomerTurn turn, (int Count, int Winner, Rejection Outcome) chosen) => new()
    {
        Id = DecisionRecord.IdOf(turn.Customer, turn.Twin.DecisionCount),
        Customer = turn.Customer,
        PlanHash = turn.Plan.Hash,
        Seed = turn.Seed,
        Inputs = Begun.Inputs.Copy(),
        Candidates = Begun.Candidates[..chosen.Count].ToArray(),
        Winner = chosen.Winner,
    };

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
