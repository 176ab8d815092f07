using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>One turn of a customer at work: the state, and the journal and effects gathered so far.</summary>
internal sealed class CustomerTurn(Turn turn, CustomerActivation activation, DecisionTurn decisions)
{
    /// <summary>Events older than this fold, but neither trigger a decision nor ask for a wake-up.</summary>
    public const long FreshMs = 24 * Instant.HourMs;

    private readonly List<JournalEntry> _journal = [];
    private readonly List<Effect> _effects = [];

    private CustomerHistory? _past;
    private List<JournalEntry>? _rewritten;

    public CustomerState Twin
    {
        get => activation.Twin;
        set => activation.Twin = value;
    }

    /// <summary>What the customer remembers of segments.</summary>
    public SegmentStanding Segments => activation.Segments;

    public string Customer => turn.Key.Id;

    /// <summary>The merged customer the message was sent to; null when it was this one.</summary>
    public string? For { get; init; }

    /// <summary>
    /// What happened before it is not taken: this customer, or whom the message was sent to, was erased then.
    /// </summary>
    public Instant Since { get; init; } = turn.Since;

    /// <summary>Why what happened before <see cref="Since"/> is not taken.</summary>
    public string ErasedBefore =>
        $"This customer was erased and is taken in again since {Since}; nothing from before it is kept";

    /// <summary>Numbers of decisions and moves begin above it.</summary>
    public long Floor => turn.Floor;

    /// <summary>Whether more than one customer's past is here, so that whose a thing is must be written down.</summary>
    public bool IsUnited => Twin.Merged.Count > 0;
    public Instant Now => turn.Now;
    public ulong Seed => turn.Seed;
    public TwinPlan Plan => turn.Plan;
    public PlanCatalog Plans => turn.Plans;

    /// <summary>The history, without what was forgotten in this turn; null when none was given.</summary>
    public History? History { get; private set; } =
        JournalForgetting.Without(turn.History, activation.Twin, turn.Plans);

    /// <summary>The history, read; null when none was given.</summary>
    public CustomerHistory? Past =>
        _past ??= History is { } history ? CustomerHistory.Read(history, turn.Key, Plans) : null;

    /// <summary>True when this turn has made the state anew, so that it is changed whatever else it does.</summary>
    public bool HasRefolded { get; private set; }

    /// <summary>Pseudonyms that decisions may have gone out under: what this turn forgets may take them away.</summary>
    public IReadOnlyList<string> Pseudonyms { get; } = activation.Twin.Pseudonyms;

    /// <summary>Data categories that this turn has forgotten and nobody was told of.</summary>
    public ulong Forgotten { get; set; }

    /// <summary>The state's version as it stands.</summary>
    public long Version => activation.Version;

    public DecisionTurn Decisions => decisions;

    /// <summary>Asks for the journal of this customer, of those merged into it, and of one more.</summary>
    public TurnResult NeedsHistory(params ReadOnlySpan<string> others)
    {
        var keys = new List<GrainKey> { turn.Key };
        foreach (var merged in Twin.Merged) keys.Add(GrainKey.Customer(merged));
        foreach (var other in others)
        {
            if (!keys.Contains(GrainKey.Customer(other))) keys.Add(GrainKey.Customer(other));
        }
        return new TurnResult.NeedsHistory(keys);
    }

    public void Journal(JournalKind kind, Instant occurredAt, long keepMs, ReadOnlyMemory<byte> payload)
    {
        var keepUntil = keepMs == long.MaxValue
            ? Instant.Forever
            : Instant.Max(occurredAt, Now.PlusMs(-keepMs)).PlusMs(keepMs);
        _journal.Add(new JournalEntry(kind, occurredAt, Now, keepUntil, Seed, Plan.Hash, payload));
    }

    /// <summary>
    /// Takes entries that were kept elsewhere into this customer's journal: they are written at the end of it.
    /// </summary>
    public void Append(IReadOnlyList<JournalEntry> entries) => _journal.AddRange(entries);

    /// <summary>Writes the journal anew: this is the history from now on, and these facts go with it.</summary>
    public void Rewrite(History left, CustomerState facts)
    {
        (History, _past) = (left, null);
        _rewritten = [.. left.Entries.Where((_, i) => left.Owners[i] == turn.Key)];
        Take(CustomerHistory.Read(left, turn.Key, Plans), facts);
    }

    /// <summary>Makes the folded parts anew out of a history, beside other turn facts than were known.</summary>
    public void Take(CustomerHistory past, CustomerState facts)
    {
        Twin = past.RefoldAll(facts, ConsentGate.Keepable(facts, Now));
        // Entries that the definition in force cannot read are not folded, but they are kept.
        Twin.Kept |= facts.Kept;
        HasRefolded = true;
    }

    public void Publish(Topic topic, ReadOnlyMemory<byte> payload) =>
        _effects.Add(new Effect.Publish(++activation.EffectSequence, topic, payload));

    public void Send(GrainKey to, GrainMessage message) =>
        _effects.Add(new Effect.Send(++activation.EffectSequence, to, message));

    public void WakeUp(string name, Instant at) =>
        _effects.Add(new Effect.WakeUp(++activation.EffectSequence, name, at));

    /// <summary>The turn changed the state.</summary>
    public TurnResult.Outcome Changed(Reply reply)
    {
        activation.Version++;
        return new TurnResult.Outcome(reply) { Rewritten = _rewritten, Journal = _journal, Effects = _effects };
    }

    /// <summary>The turn changed the state; the reply wants the version.</summary>
    public TurnResult.Outcome Changed(Func<long, Reply> reply) => Changed(reply(activation.Version + 1));

    /// <summary>The turn changed nothing but what a refold may have.</summary>
    public TurnResult.Outcome Unchanged(Reply reply) =>
        HasRefolded ? Changed(reply) : new TurnResult.Outcome(reply) { Changed = false };

    /// <summary>The turn changed the state only if it has effects or has refolded.</summary>
    public TurnResult.Outcome Told(Reply reply) => _effects.Count > 0 ? Changed(reply) : Unchanged(reply);

    /// <summary>Makes the folded parts anew out of the history.</summary>
    public void Refold(CustomerHistory past) => Take(past, Twin);

    /// <summary>
    /// Data categories of which something is kept that may not be any more, were these the consents; a bit each.
    /// </summary>
    public ulong Lost(ReadOnlySpan<ConsentRecord> consents) =>
        Twin.Kept & ~ConsentGate.Keepable(Plan.Consent, consents, Now);

    /// <summary>
    /// Takes data categories out of state and journal, and tells those merged into this customer to do so. Wants the
    /// history.
    /// </summary>
    public void Forget(ulong categories)
    {
        ForgetOwn(categories);
        Forgotten |= categories;
        if (Twin.Merged.Count == 0) return;
        var names = Plan.Consent.NamesOf(categories);
        foreach (var merged in Twin.Merged)
        {
            Twin.ForgottenOf[merged] = Twin.ForgottenOf.GetValueOrDefault(merged) | categories;
            Send(GrainKey.Customer(merged), new CustomerMessage.Forget(names));
        }
    }

    /// <summary>Takes data categories out of state and journal of this customer alone. Wants the history.</summary>
    public void ForgetOwn(ulong categories)
    {
        var history = History ?? throw new InvalidOperationException("Forgetting wants the history.");
        var forgetting = new JournalForgetting(Plans, categories);
        var left = JournalForgetting.Where(history, turn.Key, (entry, _) => forgetting.Kept(entry));
        StateForgetting.Forget(Twin, categories);
        Segments.Forget(categories, Plan.Vector);
        Rewrite(left, Twin);
        DecisionTurn.AskAgain(this);
    }

    /// <summary>Leaves out of the history what another customer's merged ones have still to forget.</summary>
    public void LeaveOut(CustomerState merged) =>
        (History, _past) = (JournalForgetting.Without(History, merged, Plans), null);

    /// <summary>Takes the attributes an event shows, of data categories that may be kept.</summary>
    public static void TakeObserved(CustomerState state, TouchpointEvent e, ulong keepable)
    {
        foreach (var value in e.Attributes)
        {
            if ((state.Plan.Vector.AttributeCategories[value.Attribute] & ~keepable) != 0) continue;
            state.FacetOf(e.Persona).TakeAttribute(value.Attribute, new AttributeRecord
            {
                Origin = AttributeOrigin.Observed,
                At = e.OccurredAt,
                Source = e.Source,
                Text = value.Text,
                Number = value.Number,
            });
        }
    }
}
