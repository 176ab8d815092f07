using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What a customer's identifiers do: lead to it, and, once it becomes known, take it to who it is.</summary>
internal static class LinkTurns
{
    /// <summary>
    /// Tells of an event's identifiers that lead here from now on; nothing for those that did before. Returns how many
    /// could not be linked.
    /// </summary>
    public static int Link(CustomerTurn turn, TouchpointEvent e)
    {
        var from = turn.Twin.Links.Count;
        var notLinked = Take(turn.Twin, e);
        if (turn.Twin.Links.Count > from) Tell(turn, e, from);
        return notLinked;
    }

    /// <summary>Links an event's identifiers in a state; returns how many there is no room for.</summary>
    public static int Take(CustomerState state, TouchpointEvent e)
    {
        var notLinked = 0;
        // By index: an enumerator would be allocated with every event.
        for (var i = 0; i < e.Identifiers.Count; i++)
        {
            var identifier = e.Identifiers[i];
            var hash = identifier.Hash;
            if (state.HasLink(hash)) continue;
            var slot = state.Plan.Events.IdentifierSlot(identifier.Name);
            if (state.Links.Count == CustomerState.MaxLinks
                || state.LinksOf(slot) >= state.Plan.Events.Identifiers[slot].MaxValues)
            {
                notLinked++;
                continue;
            }
            state.AddLink(new LinkedIdentifier(hash, slot));
        }
        state.NotLinked += notLinked;
        return notLinked;
    }

    /// <summary>
    /// A customer known by nothing stronger than the identifier moves to the known one. Who is known stays, and says so
    /// to the identifier, which then has two known customers.
    /// </summary>
    public static TurnResult BecomeKnown(CustomerTurn turn, CustomerMessage.BecomeKnown message)
    {
        if (message.Customer == turn.Customer || turn.Twin.Merged.Contains(message.Customer))
            return turn.Unchanged(Reply.Done.Instance);
        if (IsAnonymous(turn, message.Identifier))
            return MergeTurns.MergeInto(turn, new CustomerMessage.MergeInto(message.Customer));
        turn.Send(
            IdentityGrain.KeyOf(message.Identifier),
            new IdentityMessage.Link(message.Identifier, turn.Customer, IdentityMessage.Link.Named));
        return turn.Changed(Reply.Done.Instance);
    }

    private static void Tell(CustomerTurn turn, TouchpointEvent e, int from)
    {
        var rank = Rank(turn);
        foreach (var identifier in e.Identifiers)
        {
            var hash = identifier.Hash;
            for (var i = from; i < turn.Twin.Links.Count; i++)
            {
                if (turn.Twin.Links[i].Hash != hash) continue;
                turn.Send(
                    IdentityGrain.KeyOf(identifier),
                    new IdentityMessage.Link(identifier, turn.For ?? turn.Customer, rank));
                break;
            }
        }
    }

    /// <summary>The highest priority of what is linked; above all for an id that was given from outside.</summary>
    private static int Rank(CustomerTurn turn)
    {
        if (IsNamed(turn)) return IdentityMessage.Link.Named;
        var rank = -1;
        foreach (var link in turn.Twin.Links)
        {
            if (link.Slot >= 0) rank = Math.Max(rank, turn.Plan.Events.Identifiers[link.Slot].Priority);
        }
        return rank;
    }

    /// <summary>Whether an id that was given from outside leads here.</summary>
    private static bool IsNamed(CustomerTurn turn)
    {
        foreach (var merged in turn.Twin.Merged)
        {
            if (!IdentityGrain.IsMinted(merged)) return true;
        }
        return !IdentityGrain.IsMinted(turn.Customer);
    }

    /// <summary>
    /// Whether nothing above the identifier says who this customer is. What was linked before links had names may.
    /// </summary>
    private static bool IsAnonymous(CustomerTurn turn, Identifier identifier)
    {
        var slot = turn.Plan.Events.IdentifierSlot(identifier.Name);
        if (slot < 0 || IsNamed(turn)) return false;
        var own = identifier.Hash;
        foreach (var link in turn.Twin.Links)
        {
            if (link.Hash == own) continue;
            if (link.Slot < 0) return false;
            if (turn.Plan.Events.Identifiers[link.Slot].Priority > turn.Plan.Events.Identifiers[slot].Priority)
                return false;
        }
        return true;
    }
}
