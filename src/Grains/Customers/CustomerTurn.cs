using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
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
    private History? _history = WithoutForgotten(turn, activation.Twin);
    private List<JournalEntry>? _rewritten;

    public CustomerState Twin
    {
        get => activation.Twin;
        set => activation.Twin = value;
    }

    public string Customer => turn.Key.Id;
    public Instant Now => turn.Now;
    public ulong Seed => turn.Seed;
    public TwinPlan Plan => turn.Plan;
    public PlanCatalog Plans => turn.Plans;

    /// <summary>The history, without what was forgotten in this turn; null when none was given.</summary>
    public History? History => _history;

    /// <summary>The history, read; null when none was given.</summary>
    public CustomerHistory? Past =>
        _past ??= _history is { } history ? CustomerHistory.Read(history, turn.Key, Plans) : null;

    /// <summary>True when this turn has made the state anew, so that it is changed whatever else it does.</summary>
    public bool HasRefolded { get; private set; }

    public DecisionTurn Decisions => decisions;
    public long NextSequence => activation.EffectSequence + 1;

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
            ? new Instant(long.MaxValue)
            : Instant.Max(occurredAt, Now.PlusMs(-keepMs)).PlusMs(keepMs);
        _journal.Add(new JournalEntry(kind, occurredAt, Now, keepUntil, Seed, Plan.Hash, payload));
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
    public void Refold(CustomerHistory past)
    {
        Twin = past.RefoldAll(Twin);
        HasRefolded = true;
    }

    /// <summary>
    /// Data categories of which something is kept that may not be any more, were these the consents; a bit each.
    /// </summary>
    public ulong Lost(ReadOnlySpan<ConsentRecord> consents) =>
        Twin.Kept & ~ConsentGate.Keepable(Plan.Consent, consents, Now);

    /// <summary>Data categories that this turn has forgotten.</summary>
    public ulong Forgotten { get; private set; }

    /// <summary>
    /// Takes data categories out of state and journal, and tells those merged into this customer to do so. Wants the
    /// history.
    /// </summary>
    public void Forget(ulong categories)
    {
        ForgetOwn(categories);
        Forgotten |= categories;
        if (Twin.Merged.Count == 0) return;
        string[] names = [.. Plan.Consent.Categories.Where((_, i) => (categories >> i & 1) != 0)];
        foreach (var merged in Twin.Merged)
        {
            Twin.ForgottenOf[merged] = Twin.ForgottenOf.GetValueOrDefault(merged) | categories;
            Send(GrainKey.Customer(merged), new CustomerMessage.Forget(names));
        }
    }

    /// <summary>Takes data categories out of state and journal of this customer alone. Wants the history.</summary>
    public void ForgetOwn(ulong categories)
    {
        var history = _history ?? throw new InvalidOperationException("Forgetting wants the history.");
        var forgetting = new JournalForgetting(Plans, categories);
        List<JournalEntry> entries = [];
        List<GrainKey> owners = [];
        _rewritten = [];
        for (var i = 0; i < history.Entries.Count; i++)
        {
            if (forgetting.Kept(history.Entries[i]) is not { } kept) continue;
            entries.Add(kept);
            owners.Add(history.Owners.Count == 0 ? turn.Key : history.Owners[i]);
            if (owners[^1] == turn.Key) _rewritten.Add(kept);
        }
        (_history, _past) = (new History(entries) { Owners = owners }, null);
        StateForgetting.Forget(Twin, categories);
        Refold(CustomerHistory.Read(_history, turn.Key, Plans));
        DecisionTurn.AskAgain(this);
    }

    /// <summary>The history as far as it counts: merged customers' journals may not have forgotten yet.</summary>
    private static History? WithoutForgotten(Turn turn, CustomerState state)
    {
        if (turn.History is not { } history || state.ForgottenOf.Count == 0 || history.Owners.Count == 0)
            return turn.History;
        var forgetting = new Dictionary<string, JournalForgetting>(StringComparer.Ordinal);
        foreach (var (customer, categories) in state.ForgottenOf)
        {
            var current = turn.Plan.Consent.FromSlotsOf(state.Plan.Consent, categories);
            forgetting[customer] = new JournalForgetting(turn.Plans, current);
        }
        List<JournalEntry> entries = [];
        List<GrainKey> owners = [];
        for (var i = 0; i < history.Entries.Count; i++)
        {
            var entry = forgetting.TryGetValue(history.Owners[i].Id, out var forgets)
                ? forgets.Kept(history.Entries[i])
                : history.Entries[i];
            if (entry is null) continue;
            entries.Add(entry);
            owners.Add(history.Owners[i]);
        }
        return new History(entries) { Owners = owners };
    }

    /// <summary>The state's version as it stands.</summary>
    public long Version => activation.Version;

    /// <summary>Takes the attributes an event shows.</summary>
    public static void TakeObserved(CustomerState state, TouchpointEvent e)
    {
        foreach (var value in e.Attributes)
        {
            state.TakeAttribute(value.Attribute, new AttributeRecord
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
