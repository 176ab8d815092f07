using DToC.Twin.Fold;
using DToC.Twin.Plan;

namespace DToC.Twin.State;

/// <summary>
/// Carries a state from one definition to another by name: slots whose signature is the same keep their values, and
/// what is new or means something else wants the history.
/// </summary>
public static class StateMigration
{
    /// <summary>The state in the layout of <paramref name="plan"/>; the same object when it has it already.</summary>
    public static CustomerState To(TwinPlan plan, CustomerState old)
    {
        if (old.Plan.Hash == plan.Hash) return old;
        var state = new CustomerState(plan)
        {
            Newest = old.Newest,
            Checkpoint = old.Checkpoint,
            IsStale = old.IsStale,
        };
        state.IsStale |= !old.LatestAt.IsNever && old.Plan.Events.Personas.Signature != plan.Events.Personas.Signature;
        CopyFolded(old, state);
        foreach (var facet in old.Facets)
        {
            if (facet is not null) CopyFacet(facet, state);
        }
        state.Recent.Merge(old.Recent);
        CopyTurnFacts(old, state);
        state.Kept = state.Plan.Consent.FromSlotsOf(old.Plan.Consent, old.Kept) | KeptElsewhere(old, plan);
        return state;
    }

    private static void CopyFolded(CustomerState old, CustomerState state)
    {
        foreach (var group in state.Plan.Layout.Groups)
        {
            if (old.Plan.Layout.Find(group.Signature) is { } from && from.Size == group.Size)
                Copy(old, from, state, group);
            else state.Person.IsStale |= !old.LastAt.IsNever;
        }
        CopyAttributes(old, state);
    }

    /// <summary>
    /// A facet under its name; one whose persona there is no more belongs to the customer as such, as its events do.
    /// </summary>
    private static void CopyFacet(CustomerState old, CustomerState state)
    {
        var persona = PersonaIn(state.Plan, old);
        if (persona >= 0)
        {
            CopyFolded(old, state.FacetOf(persona));
            return;
        }
        var left = new CustomerState(state.Plan);
        CopyFolded(old, left);
        StateMerge.MergeSlots(state, left);
        if (!old.IsPseudonymous) state.TakeAttributes(left);
        state.IsStale |= !old.LastAt.IsNever;
    }

    private static int PersonaIn(TwinPlan plan, CustomerState facet) =>
        plan.Events.Personas.Find(facet.Plan.Events.Personas.Names[facet.Persona]);

    /// <summary>Copies what came in order of arrival: consents, contacts, decisions, merges, links, counters.</summary>
    public static void CopyTurnFacts(CustomerState old, CustomerState state)
    {
        CopyNamed(old, state);
        state.Contacts.AddRange(old.Contacts);
        state.Merged.AddRange(old.Merged);
        foreach (var (customer, categories) in old.ForgottenOf)
            state.ForgottenOf[customer] = state.Plan.Consent.FromSlotsOf(old.Plan.Consent, categories);
        foreach (var link in old.Links)
        {
            var name = link.Slot < 0 ? "" : old.Plan.Events.Identifiers[link.Slot].Name;
            state.Links.Add(link with { Slot = state.Plan.Events.IdentifierSlot(name) });
        }
        state.NotLinked = old.NotLinked;
        CopyWaiting(old, state);
        old.WithoutWinner.CopyTo(state.WithoutWinner, 0);
        state.DecisionCount = old.DecisionCount;
        (state.MovedTo, state.MoveNumber) = (old.MovedTo, old.MoveNumber);
        foreach (var (customer, move) in old.Moves) state.Moves[customer] = move;
        state.Parted.AddRange(old.Parted);
    }

    private static void CopyWaiting(CustomerState old, CustomerState state)
    {
        state.Held.AddRange(old.Held);
        foreach (var trigger in state.Plan.Decisions.Triggers)
        {
            if (old.WakeUps.Find(trigger.NameHash) is { } at) state.WakeUps.Ask(trigger.NameHash, at);
        }
        foreach (var facet in old.Facets)
        {
            if (facet is not null && PersonaIn(state.Plan, facet) is >= 0 and var persona)
                CopyWaiting(facet, state.FacetOf(persona));
        }
    }

    /// <summary>Categories that events and attributes kept under others belong to now.</summary>
    private static ulong KeptElsewhere(CustomerState old, TwinPlan plan)
    {
        var kept = 0UL;
        foreach (var type in old.Plan.Events.Types)
        {
            if ((old.Kept >> type.Category & 1) == 0) continue;
            var now = IndexOf(plan.Events.Types, known => known.Name == type.Name);
            if (now >= 0) kept |= 1UL << plan.Events.Types[now].Category;
        }
        for (var i = 0; i < old.Attributes.Length; i++)
        {
            var isKnown = old.Attributes[i] is not null
                || Array.Exists(old.Facets, facet => facet?.Attributes[i] is not null);
            if (!isKnown) continue;
            var now = IndexOf(plan.Events.Attributes, known => known.Name == old.Plan.Events.Attributes[i].Name);
            if (now >= 0) kept |= plan.Vector.AttributeCategories[now];
        }
        return kept;
    }

    private static void Copy(CustomerState old, SlotGroup from, CustomerState state, SlotGroup to)
    {
        old.Longs.AsSpan(from.At.Longs, from.Size.Longs).CopyTo(state.Longs.AsSpan(to.At.Longs));
        old.Reals.AsSpan(from.At.Reals, from.Size.Reals).CopyTo(state.Reals.AsSpan(to.At.Reals));
        old.Bytes.AsSpan(from.At.Bytes, from.Size.Bytes).CopyTo(state.Bytes.AsSpan(to.At.Bytes));
    }

    private static void CopyAttributes(CustomerState old, CustomerState state)
    {
        for (var i = 0; i < state.Attributes.Length; i++)
        {
            var attribute = state.Plan.Events.Attributes[i];
            var from = IndexOf(old.Plan.Events.Attributes, a => a.Name == attribute.Name && a.Type == attribute.Type);
            if (from >= 0 && old.Attributes[from] is { } known) state.Attributes[i] = known;
        }
    }

    private static void CopyNamed(CustomerState old, CustomerState state)
    {
        for (var i = 0; i < state.Consents.Length; i++)
        {
            var from = old.Plan.Consent.FindPurpose(state.Plan.Consent.Purposes[i]);
            if (from >= 0) state.Consents[i] = old.Consents[from];
        }
        for (var i = 0; i < state.Refused.Length; i++)
        {
            var category = state.Plan.Consent.Categories[i];
            var from = IndexOf(old.Plan.Consent.Categories, c => c == category);
            if (from >= 0) state.Refused[i] = old.Refused[from];
        }
        var kind = old.Plan.Definition.CustomerKinds[old.Kind].Name;
        state.Kind = Math.Max(0, IndexOf(state.Plan.Definition.CustomerKinds, k => k.Name == kind));
    }

    private static int IndexOf<T>(IReadOnlyList<T> items, Func<T, bool> isIt)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (isIt(items[i])) return i;
        }
        return -1;
    }
}
