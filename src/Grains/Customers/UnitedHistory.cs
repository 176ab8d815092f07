using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The journals of a customer and of those merged into it, told apart again by whom each entry was sent to. What can be
/// told apart are the customer itself and each of those it has taken in; whoever one of them had taken in before
/// belongs to that one.
/// </summary>
internal sealed class UnitedHistory
{
    private readonly History _history;
    private readonly string _root;
    private readonly PlanCatalog _plans;
    private readonly EventReader _reader;
    private readonly List<(MergeRecord Merge, CustomerState State)> _taken = [];

    private UnitedHistory(History history, string root, PlanCatalog plans)
    {
        (_history, _root, _plans) = (history, root, plans);
        _reader = new EventReader(plans.Current.Events, EventLimits.Stored);
    }

    /// <summary>Reads whom a customer has taken in out of its journal.</summary>
    /// <param name="history">Its journal and those of the merged, with their owners.</param>
    /// <param name="root">The customer.</param>
    /// <param name="plans">The definitions known; the current one reads.</param>
    public static UnitedHistory Of(History history, string root, PlanCatalog plans)
    {
        var united = new UnitedHistory(history, root, plans);
        for (var i = 0; i < history.Entries.Count; i++)
        {
            if (!united.IsOwn(i) || history.Entries[i].Kind != JournalKind.Merge) continue;
            var merge = JournalPayload.ReadMerge(history.Entries[i].Payload);
            united._taken.Add((merge, merge.Read(plans)));
        }
        return united;
    }

    /// <summary>Whom a customer came along with, or itself where it was taken in; null when it is not here.</summary>
    public string? CameWith(string customer)
    {
        foreach (var (merge, state) in _taken)
        {
            if (merge.Customer == customer || state.Merged.Contains(customer)) return merge.Customer;
        }
        return null;
    }

    /// <summary>
    /// A customer that was taken in, those it brought along, and those merged into one of them since.
    /// </summary>
    public HashSet<string> FamilyOf(string customer)
    {
        var family = new HashSet<string>(StringComparer.Ordinal) { customer };
        var before = 0;
        while (family.Count > before)
        {
            before = family.Count;
            foreach (var (merge, state) in _taken)
            {
                if (family.Contains(merge.Customer)) family.UnionWith(state.Merged);
                else if (merge.Into is { } into && family.Contains(into)) family.Add(merge.Customer);
            }
        }
        return family;
    }

    /// <summary>
    /// Whether a checkpoint written before parts were kept holds some of these customers with others.
    /// </summary>
    public bool IsInseparable(IReadOnlySet<string> family)
    {
        for (var i = 0; i < _history.Entries.Count; i++)
        {
            if (!IsOwn(i) || _history.Entries[i].Kind != JournalKind.Checkpoint) continue;
            var state = CheckpointForm.Read(_history.Entries[i].Payload, _plans, out var parts);
            if (parts.Count == 0 && state.Merged.Exists(family.Contains)) return true;
        }
        return false;
    }

    /// <summary>What a checkpoint of all keeps of each, so that they can be told apart when rows have gone.</summary>
    /// <param name="last">Up to which event the checkpoint goes.</param>
    public IReadOnlyList<CheckpointPart> Parts(OrderKey last)
    {
        if (_taken.Count == 0) return [];
        var all = _taken.ConvertAll(t => t.Merge.Customer);
        var others = _taken.SelectMany(t => t.State.Merged).Concat(all).ToHashSet(StringComparer.Ordinal);
        List<CheckpointPart> parts = [Part(_root, customer => !others.Contains(customer), last)];
        foreach (var (merge, state) in _taken)
        {
            var family = new HashSet<string>(state.Merged, StringComparer.Ordinal) { merge.Customer };
            parts.Add(Part(merge.Customer, family.Contains, last));
        }
        return parts;
    }

    private CheckpointPart Part(string customer, Func<string, bool> isOfIt, OrderKey last)
    {
        var side = Side(customer, isOfIt);
        var key = GrainKey.Customer(customer);
        var state = CustomerHistory.Read(side.History, key, _plans).UpTo(last);
        var facts = side.Facts;
        state.TakeAttributes(facts);
        StateMigration.CopyTurnFacts(facts, state);
        state.MovedTo = null;
        state.Merged.Clear();
        state.Merged.AddRange(_taken.Where(t => customer != _root && isOfIt(t.Merge.Customer))
            .SelectMany(t => t.State.Merged));
        var parts = customer == _root ? [] : Of(side.History, customer, _plans).Parts(last);
        return new CheckpointPart(customer, CheckpointForm.Write(state, parts));
    }

    /// <summary>What belongs to some of those united: their history as it would be without the others.</summary>
    /// <param name="customer">Who of them stands for all.</param>
    /// <param name="isOfIt">Whether a customer is one of them; asked also of those nobody has taken in.</param>
    public UnitedSide Side(string customer, Func<string, bool> isOfIt)
    {
        List<JournalEntry> entries = [];
        List<GrainKey> owners = [];
        for (var i = 0; i < _history.Entries.Count; i++)
        {
            if (IsOwn(i) || !isOfIt(_history.Owners[i].Id)) continue;
            entries.Add(_history.Entries[i]);
            owners.Add(_history.Owners[i]);
        }
        var facts = customer == _root ? new CustomerState(_plans.Current) : StateOf(customer);
        var walk = new SideWalk(customer, facts, _plans, isOfIt, HashesOf(customer, isOfIt));
        for (var i = 0; i < _history.Entries.Count; i++)
        {
            if (!IsOwn(i)) continue;
            walk.Take(_history.Entries[i], JournalPayload.ForOf(_history.Entries[i]) ?? _root, customer == _root);
        }
        entries.AddRange(walk.Entries);
        while (owners.Count < entries.Count) owners.Add(GrainKey.Customer(customer));
        return new UnitedSide(new History(entries) { Owners = owners }, walk.Entries, walk.Facts);
    }

    /// <summary>A customer as it was when it was taken in.</summary>
    private CustomerState StateOf(string customer)
    {
        foreach (var (merge, _) in _taken)
        {
            if (merge.Customer == customer) return merge.Read(_plans);
        }
        throw new InvalidOperationException("Nobody of this id was taken in.");
    }

    /// <summary>Events that count on a side, whatever is said of them in <see cref="JournalKind.AlsoSent"/>.</summary>
    private HashSet<ulong> HashesOf(string customer, Func<string, bool> isOfIt)
    {
        HashSet<ulong> hashes = [];
        if (!_history.Entries.Any(static entry => entry.Kind == JournalKind.AlsoSent)) return hashes;
        for (var i = 0; i < _history.Entries.Count; i++)
        {
            var entry = _history.Entries[i];
            if (entry.Kind != JournalKind.Event) continue;
            var to = IsOwn(i) ? JournalPayload.ForOf(entry) ?? _root : _history.Owners[i].Id;
            if (isOfIt(to) && CustomerHistory.ReadEvent(_reader, entry) is { } e) hashes.Add(e.KeyHash);
        }
        return hashes;
    }

    private bool IsOwn(int place) => _history.Owners.Count == 0 || _history.Owners[place].Id == _root;
}

/// <summary>One side of a history told apart.</summary>
/// <param name="History">All of it, with the journals of those on it.</param>
/// <param name="Entries">Those of its entries that stood in the journal of the customer that held it.</param>
/// <param name="Facts">
/// A state whose turn facts and attributes are those of the side; what is folded in it is not.
/// </param>
internal sealed record UnitedSide(History History, IReadOnlyList<JournalEntry> Entries, CustomerState Facts);
