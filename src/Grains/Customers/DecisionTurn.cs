using System.Buffers;
using System.Text;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The part of a turn that scores and decides. Keeps scratch vectors between turns of one partition; nothing in them
/// outlives a turn.
/// </summary>
internal sealed class DecisionTurn
{
    private Vectors? _vectors;
    private Candidate[] _candidates = [];
    private long[] _lastBefore = [];

    /// <summary>Takes the measures that are compared after the fold.</summary>
    public void Begin(CustomerTurn turn)
    {
        var triggers = turn.Plan.Decisions.Triggers;
        if (_vectors?.Plan != turn.Plan)
        {
            _vectors = new Vectors(turn.Plan);
            _candidates = new Candidate[turn.Plan.Decisions.Offers.Count];
            _lastBefore = new long[triggers.Count];
        }
        for (var i = 0; i < triggers.Count; i++)
        {
            _lastBefore[i] = triggers[i].LastAt < 0 ? 0 : turn.Twin.Longs[triggers[i].LastAt];
        }
    }

    /// <summary>Asks for a wake-up of each trigger whose last event is new. Moments that have passed are not asked for.</summary>
    public void AskForWakeUps(CustomerTurn turn)
    {
        var triggers = turn.Plan.Decisions.Triggers;
        for (var i = 0; i < triggers.Count; i++)
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
        var vectors = Filled(turn);
        var decisions = turn.Plan.Decisions;
        var fired = 0UL;
        for (var i = 0; i < decisions.Triggers.Count; i++)
        {
            var bit = 1UL << i;
            var trigger = decisions.Triggers[i];
            if ((firedByEvents & bit) != 0 && Holds(trigger, vectors)) fired |= bit;
            if ((decisions.Thresholds & bit) == 0) continue;
            var crossed = Cross(turn.Twin, trigger, Holds(trigger, vectors));
            if (crossed && mayFireThresholds) fired |= bit;
        }
        for (var i = 0; fired != 0; i++, fired >>= 1)
        {
            if ((fired & 1) != 0) Decide(turn, i, []);
        }
    }

    /// <summary>Fires a wake-up trigger if its rule holds now; thresholds that time alone crossed fire too.</summary>
    public void RunWakeUp(CustomerTurn turn, int trigger)
    {
        var holds = Holds(turn.Plan.Decisions.Triggers[trigger], Filled(turn));
        Run(turn, firedByEvents: 0, mayFireThresholds: true);
        if (holds) Decide(turn, trigger, []);
    }

    /// <summary>Decides for a trigger, records what the choice rested on, and sends a winner out.</summary>
    public DecisionRecord Decide(CustomerTurn turn, int trigger, IReadOnlyList<string?> context)
    {
        var record = Choose(turn, trigger, context);
        turn.Twin.DecisionCount++;
        var outcome = record.Outcome;
        if (outcome != Rejection.None) turn.Twin.WithoutWinner[(int)outcome]++;
        if (outcome is not (Rejection.None or Rejection.Holdout)) return record;
        var stored = Stored(record);
        turn.Journal(JournalKind.Decision, turn.Now, turn.Plan.Consent.LongestRetentionMs, stored);
        if (outcome == Rejection.Holdout) return record;
        Remember(turn.Twin, record);
        turn.Publish(Topic.Decision, stored);
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

    private DecisionRecord Choose(CustomerTurn turn, int trigger, IReadOnlyList<string?> context)
    {
        var vectors = _vectors ?? throw new InvalidOperationException("Begin comes first.");
        FeatureReader.Fill(vectors, turn.Twin, turn.Now);
        for (var key = 0; key < context.Count && key < ContextKeys.Count; key++)
        {
            if (context[key] is { } value) vectors.Texts[VectorPlan.FirstContextText + key] = StableHash.Of(value);
        }
        vectors.Texts[VectorPlan.TriggerText] = StableHash.Of(turn.Plan.Decisions.TriggerName(trigger));
        Scorer.ScoreAll(vectors);
        var inputs = new DecisionInputs
        {
            Now = turn.Now,
            Trigger = trigger,
            Numbers = vectors.Numbers.AsSpan().ToArray(),
            Texts = vectors.Texts.AsSpan().ToArray(),
            Lawful = vectors.Lawful.AsSpan().ToArray(),
            Contacts = turn.Twin.Contacts.ToArray(),
            Holdout = Decider.IsHeldOut(turn.Plan, turn.Customer),
        };
        var (count, winner) = Decider.Decide(turn.Plan, inputs, _candidates);
        return new DecisionRecord
        {
            Id = DecisionRecord.IdOf(turn.Customer, turn.Twin.DecisionCount + 1),
            Customer = turn.Customer,
            PlanHash = turn.Plan.Hash,
            Seed = turn.Seed,
            Inputs = inputs,
            Candidates = _candidates.AsSpan(0, count).ToArray(),
            Winner = winner,
        };
    }

    private Vectors Filled(CustomerTurn turn)
    {
        var vectors = _vectors ?? throw new InvalidOperationException("Begin comes first.");
        FeatureReader.FillForTurn(vectors, turn.Twin, turn.Now);
        Scorer.ScoreForTurn(vectors);
        return vectors;
    }

    private static bool Holds(TriggerPlan trigger, Vectors vectors) =>
        trigger.When is null || trigger.When.IsTrue(vectors.Numbers, vectors.Texts);

    /// <summary>Remembers whether a threshold's rule holds; true when it holds now and did not before.</summary>
    private static bool Cross(CustomerState state, TriggerPlan trigger, bool holds)
    {
        var place = state.Held.BinarySearch(trigger.NameHash); // sorted, so that the bytes do not tell the order of crossing
        if (holds == place >= 0) return false;
        if (holds) state.Held.Insert(~place, trigger.NameHash);
        else state.Held.RemoveAt(place);
        return holds;
    }

    private static byte[] Stored(DecisionRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        Envelope.BeginPlain(buffer);
        record.Write(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
