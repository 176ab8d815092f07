using System.Buffers;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Grains.Tests.Tables;

/// <summary>One table grain with its rows; every turn's state passes through its stored form.</summary>
internal sealed class TableRoom(IGrain grain, GrainKey key, TwinPlan? plan = null) : IRowReader
{
    private const string Definition = """
        {
          "name": "tables", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["service"],
          "categories": { "all": { "retentionDays": 30, "bases": { "service": "contract" } } },
          "events": { "Seen": { "category": "all" } }
        }
        """;

    private readonly PlanCatalog _plans = new(plan ?? Small);

    private static readonly TwinPlan Small =
        TwinPlan.Load(System.Text.Encoding.UTF8.GetBytes(Definition), "tables.jsonc") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid =>
            throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
        _ => throw new InvalidOperationException(),
    };

    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _rows = new(StringComparer.Ordinal);

    public GrainState State { get; private set; } = grain.Create(key, plan ?? Small);

    public Instant Now { get; set; } = Instant.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Rows => _rows;

    public TurnResult.Outcome Tell(GrainMessage message)
    {
        var outcome = Assert.IsType<TurnResult.Outcome>(grain.Handle(message, new Turn
        {
            Key = key,
            Now = Now,
            Seed = 1,
            State = State,
            Rows = this,
            Leases = Leases.None,
            Plans = _plans,
        }));
        if (!outcome.Changed) Assert.Empty(outcome.Rows);
        foreach (var change in outcome.Rows)
        {
            if (change.Value is { } value) _rows[change.Row] = value;
            else _rows.Remove(change.Row);
        }
        var stored = new ArrayBufferWriter<byte>();
        grain.Encode(State, stored);
        State = grain.Decode(key, stored.WrittenSpan, _plans);
        return outcome;
    }

    // Without the type, null would become memory of no bytes.
    public ReadOnlyMemory<byte>? Find(string row) =>
        _rows.TryGetValue(row, out var value) ? value : default(ReadOnlyMemory<byte>?);

    public IReadOnlyList<GrainRow> Range(string from, int limit) =>
        [.. _rows.Where(row => string.CompareOrdinal(row.Key, from) >= 0).Take(limit)
            .Select(row => new GrainRow(row.Key, row.Value))];
}
