using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Twin.Decisions;

/// <summary>
/// The part of a turn behind the fold: features, scores, triggers and, when one fired, the choice. Works on scratch
/// of its own and allocates nothing; one caller at a time, refilled in every turn.
/// </summary>
public sealed class TurnDecider
{
    private readonly Contact[] _contacts = new Contact[CustomerState.MaxContacts];
    private readonly Candidate[] _candidates;
    private bool _isWhole; // every feature and score of the customer as such, as no context or trigger has changed it

    /// <summary>Scratch for states of a plan.</summary>
    public TurnDecider(TwinPlan plan)
    {
        Vectors = new Vectors(plan);
        _candidates = new Candidate[plan.Decisions.Offers.Length];
        Inputs = new DecisionInputs
        {
            Now = Instant.Never,
            Trigger = plan.Decisions.RequestSlot,
            Numbers = Vectors.Numbers,
            Texts = Vectors.Texts,
            Lawful = Vectors.Lawful,
            Contacts = default,
            Holdout = false,
        };
    }

    /// <summary>The plan the scratch has the slots of.</summary>
    public TwinPlan Plan => Vectors.Plan;

    /// <summary>What rules and models read, as of the last call.</summary>
    public Vectors Vectors { get; }

    /// <summary>What the last choice rested on; changes with the next call.</summary>
    public DecisionInputs Inputs { get; }

    /// <summary>Candidates of the last choice, as many as it returned; the rest is of earlier ones.</summary>
    public ReadOnlySpan<Candidate> Candidates => _candidates;

    /// <summary>
    /// Reads and scores what the rules of every turn read; everything of a customer as such that segments tally.
    /// </summary>
    public void Read(CustomerState state, Instant now)
    {
        if (Plan.Segmentation.IsAny && state.Persona == PersonaSchema.Nobody)
        {
            FeatureReader.Fill(Vectors, state, now);
            Scorer.ScoreAll(Vectors);
            _isWhole = true;
            return;
        }
        _isWhole = false;
        FeatureReader.FillForTurn(Vectors, state, now);
        Scorer.ScoreForTurn(Vectors);
    }

    /// <summary>What is read was read of a state that has changed since.</summary>
    public void Forget() => _isWhole = false;

    /// <summary>Looks which segments a customer is in. Allocates nothing.</summary>
    /// <param name="standing">What it remembers of segments; changed in place.</param>
    /// <param name="state">The customer as such, as of the last <see cref="Read"/> if there was one since
    /// <see cref="Forget"/>.</param>
    /// <param name="now">The moment of this turn.</param>
    public void Stand(SegmentStanding standing, CustomerState state, Instant now)
    {
        if (!_isWhole) Read(state, now);
        Vectors.Texts[VectorPlan.TriggerText] = 0; // of a decision in this turn, which segments are not asked about
        SegmentEvaluation.Evaluate(standing, state, Vectors, now);
    }

    /// <summary>Whether a trigger's rule holds, as of the last <see cref="Read"/>.</summary>
    public bool Holds(int trigger) => Holds(Plan.Decisions.Triggers[trigger]);

    /// <summary>
    /// Mask of the triggers that fire, as of the last <see cref="Read"/>. The state remembers which thresholds held.
    /// </summary>
    /// <param name="state">The state read.</param>
    /// <param name="firedByEvents">Mask of the triggers whose event came.</param>
    /// <param name="mayFireThresholds">False to remember a crossed threshold without firing.</param>
    public ulong Fired(CustomerState state, ulong firedByEvents, bool mayFireThresholds)
    {
        var decisions = Plan.Decisions;
        var fired = 0UL;
        for (var i = 0; i < decisions.Triggers.Length; i++)
        {
            var bit = 1UL << i;
            var trigger = decisions.Triggers[i];
            if ((firedByEvents & bit) != 0 && Holds(trigger)) fired |= bit;
            if ((decisions.Thresholds & bit) == 0) continue;
            var crossed = Cross(state, trigger, Holds(trigger));
            if (crossed && mayFireThresholds) fired |= bit;
        }
        return fired;
    }

    /// <summary>Reads and scores only what some rules read; <see cref="Fired"/> and a choice may come next.</summary>
    internal void ReadSome(CustomerState state, Instant now, RuleNeeds needs)
    {
        FeatureReader.FillSome(Vectors, state, now, needs.Features, needs.Texts);
        foreach (var model in needs.Models) Scorer.Score(Vectors, model);
        Inputs.Now = now;
    }

    /// <summary>Reads and scores everything for a trigger; <see cref="Decide(CustomerState, bool)"/> comes
    /// next.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">The moment.</param>
    /// <param name="trigger">Slot of the trigger, or the request's.</param>
    /// <param name="context">Values that stand over the remembered ones, by slot of the context key.</param>
    public void ReadAll(CustomerState state, Instant now, int trigger, ReadOnlySpan<string?> context)
    {
        _isWhole = context.IsEmpty && state.Persona == PersonaSchema.Nobody && !Plan.Segmentation.ReadsTrigger;
        FeatureReader.Fill(Vectors, state, now);
        for (var key = 0; key < context.Length && key < Events.ContextKeys.Count; key++)
        {
            if (context[key] is { } value) Vectors.Texts[VectorPlan.FirstContextText + key] = StableHash.Of(value);
        }
        Vectors.Texts[VectorPlan.TriggerText] = Plan.Decisions.TriggerHash(trigger);
        Scorer.ScoreAll(Vectors);
        (Inputs.Now, Inputs.Trigger) = (now, trigger);
    }

    /// <summary>Chooses among the offers that answer the trigger of the last <see cref="ReadAll"/>.</summary>
    /// <returns>How many candidates there are, and the winner's index or <see cref="Decider.NoWinner"/>.</returns>
    public (int Count, int Winner) Decide(CustomerState state, bool isHeldOut) =>
        Decide(state, isHeldOut, Plan.Decisions);

    /// <summary>The same of a trigger that <see cref="ReadSome"/> has read for, by other weights and rules.</summary>
    internal (int Count, int Winner) Decide(
        CustomerState state, bool isHeldOut, DecisionPlan decisions, int trigger)
    {
        Vectors.Texts[VectorPlan.TriggerText] = decisions.TriggerHash(trigger);
        Inputs.Trigger = trigger;
        return Decide(state, isHeldOut, decisions);
    }

    private (int Count, int Winner) Decide(CustomerState state, bool isHeldOut, DecisionPlan decisions)
    {
        state.Contacts.CopyTo(_contacts);
        Inputs.Contacts = _contacts.AsMemory(0, state.Contacts.Count);
        Inputs.Holdout = isHeldOut;
        return Decider.Decide(decisions, Plan.Fold.LocalTime, Inputs, _candidates);
    }

    private bool Holds(TriggerPlan trigger) =>
        trigger.When is null || trigger.When.IsTrue(Vectors.Numbers, Vectors.Texts);

    /// <summary>Remembers whether a threshold's rule holds; true when it holds now and did not before.</summary>
    private static bool Cross(CustomerState state, TriggerPlan trigger, bool holds)
    {
        // Sorted, so that the bytes do not tell the order of crossing.
        var place = state.Held.BinarySearch(trigger.NameHash);
        if (holds == place >= 0) return false;
        if (holds) state.Held.Insert(~place, trigger.NameHash);
        else state.Held.RemoveAt(place);
        return holds;
    }
}
