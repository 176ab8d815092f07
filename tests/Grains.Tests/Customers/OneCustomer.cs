using System.Buffers;
using System.Text;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Tests;

namespace DToC.Grains.Tests.Customers;

/// <summary>
/// Runs turns of one customer, or of several, as a host would: state passes the codec after every turn, the journal
/// is given when asked for, effects are kept.
/// </summary>
internal sealed class OneCustomer
{
    private readonly CustomerGrain _grain = new();
    private readonly Dictionary<GrainKey, byte[]> _states = [];
    private readonly Dictionary<GrainKey, List<JournalEntry>> _journals = [];

    public OneCustomer(TwinPlan plan, string id = "c-1")
    {
        Plans = new PlanCatalog(plan);
        Key = GrainKey.Customer(id);
    }

    public PlanCatalog Plans { get; set; }
    public GrainKey Key { get; }
    public Instant Now { get; set; } = Instant.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    public List<(GrainKey Sender, Effect Effect)> Effects { get; } = [];
    public int Refolds { get; private set; }
    public IReadOnlyList<JournalEntry> Journal => JournalOf(Key);
    public CustomerState State => StateOf(Key);
    public byte[] Stored => _states[Key];

    public static TwinPlan Shipped(string name)
    {
        var file = SharedFolder.InProject($"definitions/{name}.jsonc");
        return Compile(File.ReadAllBytes(file), name);
    }

    public static TwinPlan Compile(string jsonc) => Compile(Encoding.UTF8.GetBytes(jsonc), "test");

    private static TwinPlan Compile(byte[] source, string name) => TwinPlan.Load(source, name) switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    public TouchpointEvent Event(string json) => Event(Plans.Current, json, Now);

    public static TouchpointEvent Event(TwinPlan plan, string json, Instant receivedAt)
    {
        var reading = new EventReader(plan.Events, EventLimits.Default).Read(Encoding.UTF8.GetBytes(json), receivedAt);
        return reading switch
        {
            EventReading.Read read => read.Event,
            EventReading.Rejected rejected =>
            throw new InvalidOperationException($"{rejected.Problem} {rejected.Message}"),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>Changes the stored state, as an older build would have left it.</summary>
    public void Change(Action<CustomerState> change)
    {
        var state = Load(Key);
        change(((CustomerActivation)state).Twin);
        _states[Key] = Encoded(state);
    }

    public IReadOnlyList<EventResult> Observe(params TouchpointEvent[] events) =>
        ((CustomerReply.Observed)Tell(new CustomerMessage.Observe(events))).Results;

    public Reply Tell(GrainMessage message) => Tell(Key, message);

    public Reply Tell(GrainKey key, GrainMessage message)
    {
        for (var hop = 0; hop <= 4; hop++)
        {
            var state = Load(key);
            var result = _grain.Handle(message, TurnOf(key, state, null));
            if (result is TurnResult.NeedsHistory needs)
            {
                Refolds++;
                var untouched = Load(key);
                Assert.Equal(Encoded(untouched), Encoded(state));
                state = untouched;
                result = _grain.Handle(message, TurnOf(key, state, HistoryOf(needs.Keys)));
            }
            if (result is TurnResult.MovedTo moved)
            {
                (key, message) = (moved.Key, moved.Message ?? message);
                continue;
            }
            var outcome = Assert.IsType<TurnResult.Outcome>(result);
            if (outcome.Changed) Commit(key, state, outcome);
            return outcome.Reply;
        }
        throw new InvalidOperationException("More than 4 hops.");
    }

    public void DeliverSends()
    {
        for (var i = 0; i < Effects.Count; i++)
        {
            if (Effects[i].Effect is Effect.Send { To.Kind: GrainKind.Customer } send) Tell(send.To, send.Message);
        }
    }

    /// <summary>The journals of these keys, in the order of recording.</summary>
    public History HistoryOf(IReadOnlyList<GrainKey> keys)
    {
        var entries = keys.SelectMany(k => (_journals.GetValueOrDefault(k) ?? []).Select(e => (Key: k, Entry: e)))
            .OrderBy(e => e.Entry.RecordedAt).ToList();
        return new History(entries.ConvertAll(e => e.Entry)) { Owners = entries.ConvertAll(e => e.Key) };
    }

    /// <summary>What a host removes after a checkpoint: entries past their retention, and older checkpoints.</summary>
    public void RemoveExpired(GrainKey key)
    {
        var journal = _journals[key];
        var newest = journal.FindLastIndex(e => e.Kind == JournalKind.Checkpoint);
        _journals[key] =
        [
            .. journal.Where((e, i) => i >= newest || (e.KeepUntil > Now && e.Kind != JournalKind.Checkpoint)),
        ];
    }

    /// <summary>The messages a customer has sent to customers, in their order.</summary>
    public IReadOnlyList<Effect.Send> SentBy(GrainKey sender) =>
    [
        .. Effects.Where(e => e.Sender == sender).Select(e => e.Effect).OfType<Effect.Send>()
            .Where(send => send.To.Kind == GrainKind.Customer),
    ];

    public IReadOnlyList<JournalEntry> JournalOf(GrainKey key) => _journals.GetValueOrDefault(key) ?? [];

    public CustomerState StateOf(GrainKey key) => ((CustomerActivation)Load(key)).Twin;

    /// <summary>The value of a feature or score, NaN when missing.</summary>
    public double Number(string name, Instant? at = null) => Number(State, name, at ?? Now);

    public static double Number(CustomerState state, string name, Instant at)
    {
        var vectors = new Vectors(state.Plan);
        FeatureReader.Fill(vectors, state, at);
        Scorer.ScoreAll(vectors);
        var slot = Array.IndexOf(state.Plan.Vector.NumberNames, name);
        Assert.True(slot >= 0, $"no number named {name}");
        return vectors.Numbers[slot];
    }

    private byte[] Encoded(GrainState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _grain.Encode(state, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private GrainState Load(GrainKey key) =>
        _states.TryGetValue(key, out var stored)
            ? _grain.Decode(key, stored, Plans)
            : _grain.Create(key, Plans.Current);

    private Turn TurnOf(GrainKey key, GrainState state, History? history) => new()
    {
        Key = key,
        Now = Now,
        Seed = 7,
        State = state,
        Rows = NoRows.Instance,
        Leases = Leases.None,
        Plans = Plans,
        History = history,
    };

    private void Commit(GrainKey key, GrainState state, TurnResult.Outcome outcome)
    {
        _states[key] = Encoded(state);
        if (!_journals.TryGetValue(key, out var journal)) _journals[key] = journal = [];
        if (outcome.Rewritten is { } rewritten) _journals[key] = journal = [.. rewritten];
        journal.AddRange(outcome.Journal);
        Effects.AddRange(outcome.Effects.Select(e => (key, e)));
    }

    private sealed class NoRows : IRowReader
    {
        public static readonly NoRows Instance = new();

        public ReadOnlyMemory<byte>? Find(string row) => null;

        public IReadOnlyList<GrainRow> Range(string from, int limit) => [];
    }
}
