using System.Buffers;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// Runs turns of a customer's grain that nobody hears of: on a state of its own, with a journal of its own, their
/// effects carried out by nobody.
/// </summary>
internal sealed class UnheardTurns
{
    private readonly CustomerGrain _grain = new();
    private readonly GrainKey _key;
    private readonly PlanCatalog _plans;
    private readonly ulong _seed;
    private readonly CustomerActivation _activation;
    private int _turns;

    /// <param name="key">Whose turns: the customer it begins with, for whom the control group is drawn.</param>
    /// <param name="stored">The state it begins with, as committed; null for one of whom nothing is known.</param>
    /// <param name="plans">The definitions known.</param>
    /// <param name="seed">What the seeds of its turns are derived from.</param>
    public UnheardTurns(GrainKey key, ReadOnlyMemory<byte>? stored, PlanCatalog plans, ulong seed)
    {
        (_key, _plans, _seed) = (key, plans, seed);
        _activation = (CustomerActivation)(stored is { } bytes
            ? _grain.Decode(key, bytes.Span, plans)
            : _grain.Create(key, plans.Current));
    }

    /// <summary>The state as the last turn left it.</summary>
    public CustomerState Twin => _activation.Twin;

    /// <summary>The definitions known.</summary>
    public PlanCatalog Plans => _plans;

    /// <summary>Whose turns.</summary>
    public GrainKey Key => _key;

    /// <summary>The journals of the family, as the last turn left them; null while nobody needed them.</summary>
    public History? History { get; set; }

    /// <summary>Whose journals a turn would ask for.</summary>
    public IReadOnlyList<GrainKey> Family => [_key, .. Twin.Merged.Select(GrainKey.Customer)];

    /// <summary>Runs a turn. Null when it needs a history and there is none; nothing was changed then.</summary>
    public Reply? Tell(GrainMessage message, Instant now)
    {
        var turn = new Turn
        {
            Key = _key,
            Now = now,
            Seed = StableHash.Combine(_seed, (ulong)++_turns),
            State = _activation,
            Rows = NoRows.Instance,
            Leases = Leases.None,
            Plans = _plans,
        };
        var result = _grain.Handle(message, turn);
        if (result is TurnResult.NeedsHistory)
        {
            if (History is null) return null;
            result = _grain.Handle(message, turn with { History = History });
        }
        var outcome = result as TurnResult.Outcome
            ?? throw new InvalidOperationException($"A twin that leads nowhere answered {result.GetType().Name}.");
        if (outcome.Changed && History is { } before) History = After(before, outcome);
        return outcome.Reply;
    }

    /// <summary>The state in its stored form.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        _grain.Encode(_activation, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Another one that begins where this one is; what is done in it does not touch this one.</summary>
    public UnheardTurns Copy() => new(_key, Encode(), _plans, StableHash.Combine(_seed, (ulong)_turns))
    {
        History = History,
    };

    private History After(History before, TurnResult.Outcome outcome)
    {
        var rows = new List<(JournalEntry Entry, GrainKey Owner)>(before.Entries.Count + outcome.Journal.Count);
        for (var i = 0; i < before.Entries.Count; i++)
        {
            if (outcome.Rewritten is null || before.Owners[i] != _key) rows.Add((before.Entries[i], before.Owners[i]));
        }
        foreach (var entry in outcome.Rewritten ?? []) rows.Add((entry, _key));
        foreach (var entry in outcome.Journal) rows.Add((entry, _key));
        return TwinJournal.InOrder(rows);
    }

    private sealed class NoRows : IRowReader
    {
        public static readonly NoRows Instance = new();

        public ReadOnlyMemory<byte>? Find(string row) => null;

        public IReadOnlyList<GrainRow> Range(string from, int limit) => [];
    }
}
