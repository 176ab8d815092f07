using DToC.Grains;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>An event with the journal entry that holds it.</summary>
internal sealed record JournaledEvent(GrainKey Customer, TouchpointEvent Event, JournalEntry Entry);

/// <summary>The end of a schedule of customers, read: states, and who was merged into whom.</summary>
internal sealed class CustomersEnd
{
    private const int MostMoves = 20;

    private readonly Dictionary<GrainKey, List<JournaledEvent>> _events = [];
    private readonly HashSet<JournalEntry> _removed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<GrainKey, List<GrainKey>> _families = [];
    private readonly ScheduleEnd _end;

    public CustomersEnd(Script script, ScheduleEnd end)
    {
        _end = end;
        Customers = [.. script.Keys.Where(k => k.Kind == GrainKind.Customer && !end.IsErased(k))];
        Plans = new PlanCatalog(script.Replacement ?? CustomerPlans.First, [CustomerPlans.First]);
        States = Customers.ToDictionary(k => k, Read);
        foreach (var key in Customers)
        {
            _events[key] = EventsOf(key, end.WholeJournals[key], Plans.Current);
            if (end.WholeJournals[key].Count == end.Journals[key].Count) continue;
            _removed.UnionWith(end.WholeJournals[key]);
            _removed.ExceptWith(end.Journals[key]);
        }
    }

    /// <summary>All that were not erased.</summary>
    public IReadOnlyList<GrainKey> Customers { get; }

    public PlanCatalog Plans { get; }

    public IReadOnlyDictionary<GrainKey, CustomerState> States { get; }

    /// <summary>Customers that were not merged into another.</summary>
    public IEnumerable<GrainKey> Survivors => Customers.Where(k => States[k].MovedTo is null);

    /// <summary>The whole journal, with what was removed.</summary>
    public IReadOnlyList<JournalEntry> Journal(GrainKey key) => _end.WholeJournals[key];

    /// <summary>Every event ever recorded of one customer, in the order of recording.</summary>
    public IReadOnlyList<JournaledEvent> Events(GrainKey key) => _events[key];

    /// <summary>Whether retention has left an event in the journal.</summary>
    public bool IsKept(JournaledEvent e) => !_removed.Contains(e.Entry);

    /// <summary>Whether a turn forgot an entry.</summary>
    public bool IsForgotten(GrainKey key, JournalEntry entry) => _end.Forgotten[key].Contains(entry);

    /// <summary>The journals of these customers as they are kept, in the order of recording.</summary>
    public History Kept(IReadOnlyList<GrainKey> keys)
    {
        var entries = keys.SelectMany(k => _end.Journals[k].Select(e => (Key: k, Entry: e)))
            .OrderBy(e => e.Entry.RecordedAt).ToList();
        return new History([.. entries.Select(e => e.Entry)]) { Owners = [.. entries.Select(e => e.Key)] };
    }

    /// <summary>Where a customer's id leads; null when it leads round in a ring.</summary>
    public GrainKey? Root(GrainKey key)
    {
        for (var moves = 0; moves < MostMoves; moves++)
        {
            if (States[key].MovedTo is not { } next) return key;
            key = GrainKey.Customer(next);
        }
        return null;
    }

    /// <summary>The customers whose ids lead to this one, itself the first.</summary>
    public List<GrainKey> Family(GrainKey root)
    {
        if (!_families.TryGetValue(root, out var family))
        {
            _families[root] = family = [root, .. Customers.Where(k => k != root && Root(k) == root)];
        }
        return family;
    }

    public static List<JournaledEvent> EventsOf(GrainKey key, IEnumerable<JournalEntry> journal, TwinPlan plan)
    {
        var reader = new EventReader(plan.Events, EventLimits.Default);
        var events = new List<JournaledEvent>();
        foreach (var entry in journal.Where(e => e.Kind == JournalKind.Event))
        {
            var e = CustomerHistory.ReadEvent(reader, entry)
                ?? throw new InvalidOperationException($"{key} has an event that cannot be read.");
            events.Add(new JournaledEvent(key, e, entry));
        }
        return events;
    }

    private CustomerState Read(GrainKey key) => _end.States[key] is { } stored
        ? CustomerCodec.Read(stored.Bytes.Span, Plans).Twin
        : new CustomerState(Plans.Current);
}
