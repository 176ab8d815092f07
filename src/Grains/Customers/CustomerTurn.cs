using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
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
    public History? History => turn.History;

    /// <summary>The history, read; null when none was given.</summary>
    public CustomerHistory? Past =>
        _past ??= turn.History is { } history ? CustomerHistory.Read(history, turn.Key, Plans) : null;

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
        return new TurnResult.Outcome(reply) { Journal = _journal, Effects = _effects };
    }

    /// <summary>The turn changed the state; the reply wants the version.</summary>
    public TurnResult.Outcome Changed(Func<long, Reply> reply) => Changed(reply(activation.Version + 1));

    /// <summary>The turn changed nothing but what a refold may have.</summary>
    public TurnResult.Outcome Unchanged(Reply reply) =>
        HasRefolded ? Changed(reply) : new TurnResult.Outcome(reply) { Changed = false };

    /// <summary>Makes the folded parts anew out of the history.</summary>
    public void Refold(CustomerHistory past)
    {
        Twin = past.RefoldAll(Twin);
        HasRefolded = true;
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
