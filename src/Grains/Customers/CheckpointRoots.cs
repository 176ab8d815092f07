using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The checkpoints a family's history begins with. A customer alone has one at most; after a merge each may bring its
/// own, until the next checkpoint of the survivor holds them all. A checkpoint names in
/// <see cref="CustomerState.Merged"/> the customers whose events it holds beside its owner's.
/// </summary>
internal sealed class CheckpointRoots
{
    private readonly List<(string Owner, CustomerState State)> _roots = [];

    /// <summary>The states, the newest last.</summary>
    public IEnumerable<CustomerState> States => _roots.Select(static root => root.State);

    /// <summary>
    /// Where the ordered part begins: of histories with a checkpoint only the newest keeps its order.
    /// </summary>
    public CustomerState? Newest => _roots.Count == 0 ? null : _roots[^1].State;

    /// <summary>Finds them among the entries of a history.</summary>
    /// <param name="history">The journals of the family.</param>
    /// <param name="customer">Whose entries they are where the history does not say.</param>
    /// <param name="plans">The definitions known.</param>
    public static CheckpointRoots Of(History history, string customer, PlanCatalog plans)
    {
        var roots = new CheckpointRoots();
        for (var i = 0; i < history.Entries.Count; i++)
        {
            if (history.Entries[i].Kind != JournalKind.Checkpoint) continue;
            var owner = history.Owners.Count == 0 ? customer : history.Owners[i].Id;
            roots.Add(owner, CheckpointForm.Read(history.Entries[i].Payload, plans));
        }
        // One whose owner was merged is held by a checkpoint that was taken after the merge.
        roots._roots.RemoveAll(root => roots._roots.Exists(other => other.State.Merged.Contains(root.Owner)));
        roots._roots.Sort(static (a, b) => a.State.Newest.CompareTo(b.State.Newest));
        return roots;
    }

    /// <summary>Whether a checkpoint holds an event of this owner.</summary>
    public bool Hold(string owner, OrderKey key)
    {
        foreach (var (of, state) in _roots)
        {
            if (key.CompareTo(state.Newest) <= 0 && (of == owner || state.Merged.Contains(owner))) return true;
        }
        return false;
    }

    private void Add(string owner, CustomerState state)
    {
        var known = _roots.FindIndex(root => root.Owner == owner);
        if (known < 0) _roots.Add((owner, state));
        else if (state.Newest.CompareTo(_roots[known].State.Newest) >= 0) _roots[known] = (owner, state);
    }
}
