using System.Runtime.InteropServices;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.Sketches;
using DToC.Twin.State;

namespace DToC.Twin.Fold;

/// <summary>
/// Unites two customers' states of one plan: merge(fold(A), fold(B)) = fold(A + B) for the commutative part. Of
/// consents the stricter wins, contacts unite, the holdout stays with the surviving id. The ordered part is left for
/// a refold.
/// </summary>
public static class StateMerge
{
    /// <summary>Adds <paramref name="from"/> to <paramref name="into"/>.</summary>
    public static void Merge(CustomerState into, CustomerState from)
    {
        MergeFolded(into, from);
        for (var i = 0; i < into.Consents.Length; i++)
            into.Consents[i] = ConsentRecord.Stricter(into.Consents[i], from.Consents[i]);
        Add(into.Refused, from.Refused);
        Add(into.WithoutWinner, from.WithoutWinner);
        into.DecisionCount += from.DecisionCount;
        MergeContacts(into, from);
        MergeWaiting(into, from);
        foreach (var (customer, categories) in from.ForgottenOf)
            into.ForgottenOf[customer] = into.ForgottenOf.GetValueOrDefault(customer) | categories;
        foreach (var link in from.Links) into.AddLink(link);
        into.NotLinked += from.NotLinked;
        if (from.Checkpoint.CompareTo(into.Checkpoint) > 0) into.Checkpoint = from.Checkpoint;
        into.IsStale |= from.IsStale;
    }

    /// <summary>Adds what is folded out of events in any order; turn facts and the ordered part stay.</summary>
    public static void MergeFolded(CustomerState into, CustomerState from)
    {
        if (into.Plan.Hash != from.Plan.Hash)
        {
            throw new ArgumentException("States of two plans cannot be merged; migrate one first.", nameof(from));
        }
        MergeSlots(into, from);
        into.Recent.Merge(from.Recent);
        into.Kept |= from.Kept;
        into.TakeAttributes(from);
    }

    /// <summary>Adds the slots of one state to those of another, facet by facet.</summary>
    public static void MergeSlots(CustomerState into, CustomerState from)
    {
        MergeDecayed(into, from); // before the longs: it needs both latest occurrences
        MergeLongs(into, from);
        MergeBytes(into, from);
        foreach (var facet in from.Facets)
        {
            if (facet is not null) MergeSlots(into.FacetOf(facet.Persona), facet);
        }
    }

    private static void MergeWaiting(CustomerState into, CustomerState from)
    {
        foreach (var held in from.Held)
        {
            var place = into.Held.BinarySearch(held);
            if (place < 0) into.Held.Insert(~place, held);
        }
        into.WakeUps.Merge(from.WakeUps);
        foreach (var facet in from.Facets)
        {
            if (facet is not null) MergeWaiting(into.FacetOf(facet.Persona), facet);
        }
    }

    /// <summary>
    /// Takes events out of what adds up (counts, sums, decayed values, hours): two states that both hold them then
    /// merge to fold(A + B) by inclusion and exclusion. Least, greatest and sketches do not mind an event twice.
    /// </summary>
    /// <param name="from">A state that holds the events.</param>
    /// <param name="events">The fold of these events alone, under the same plan.</param>
    public static void TakeOut(CustomerState from, CustomerState events)
    {
        foreach (var facet in events.Facets)
        {
            if (facet is not null) TakeOut(from.FacetOf(facet.Persona), facet);
        }
        if (events.LastAt.IsNever) return;
        var fold = from.Plan.Fold;
        var elapsedMs = from.LastAt.UnixMs - events.LastAt.UnixMs;
        for (var slot = 0; slot < fold.DecayOf.Length; slot++)
        {
            var halfLife = fold.HalfLivesMs[fold.DecayOf[slot]];
            from.Reals[slot] -= events.Reals[slot] * ExponentialDecay.Factor(elapsedMs, halfLife);
        }
        var unions = from.Plan.Layout.LongUnions;
        for (var slot = 0; slot < unions.Length; slot++)
        {
            if (unions[slot] == SlotUnion.Add) from.Longs[slot] -= events.Longs[slot];
        }
        var isCounter = from.Plan.Layout.IsCounterByte;
        for (var i = 0; i < isCounter.Length; i++)
        {
            if (!isCounter[i]) continue;
            var mine = MemoryMarshal.Cast<byte, ushort>(from.Bytes.AsSpan(i, 2));
            var theirs = MemoryMarshal.Cast<byte, ushort>(events.Bytes.AsSpan(i, 2));
            mine[0] = (ushort)Math.Max(0, mine[0] - theirs[0]);
            i++;
        }
    }

    private static void MergeLongs(CustomerState into, CustomerState from)
    {
        var unions = into.Plan.Layout.LongUnions;
        for (var slot = 0; slot < unions.Length; slot++)
        {
            ref var value = ref into.Longs[slot];
            value = unions[slot] switch
            {
                SlotUnion.Add => value + from.Longs[slot],
                SlotUnion.Min => CommutativeFold.Earlier(value, from.Longs[slot]),
                _ => Math.Max(value, from.Longs[slot]),
            };
        }
    }

    private static void MergeDecayed(CustomerState into, CustomerState from)
    {
        if (from.LastAt.IsNever) return;
        var fold = into.Plan.Fold;
        var at = Instant.Max(into.LastAt, from.LastAt);
        for (var slot = 0; slot < fold.DecayOf.Length; slot++)
        {
            var halfLife = fold.HalfLivesMs[fold.DecayOf[slot]];
            var mine = into.LastAt.IsNever
                ? 0
                : into.Reals[slot] * ExponentialDecay.Factor(at.UnixMs - into.LastAt.UnixMs, halfLife);
            into.Reals[slot] = mine
                + from.Reals[slot] * ExponentialDecay.Factor(at.UnixMs - from.LastAt.UnixMs, halfLife);
        }
    }

    private static void MergeBytes(CustomerState into, CustomerState from)
    {
        var isCounter = into.Plan.Layout.IsCounterByte;
        for (var i = 0; i < isCounter.Length; i++)
        {
            if (!isCounter[i])
            {
                into.Bytes[i] = Math.Max(into.Bytes[i], from.Bytes[i]);
                continue;
            }
            var mine = MemoryMarshal.Cast<byte, ushort>(into.Bytes.AsSpan(i, 2));
            var theirs = MemoryMarshal.Cast<byte, ushort>(from.Bytes.AsSpan(i, 2));
            mine[0] = (ushort)Math.Min(ushort.MaxValue, mine[0] + theirs[0]);
            i++;
        }
    }

    private static void MergeContacts(CustomerState into, CustomerState from)
    {
        into.Contacts.AddRange(from.Contacts);
        into.Contacts.Sort(static (a, b) =>
            a.At != b.At ? a.At.CompareTo(b.At)
                : a.Offer != b.Offer ? a.Offer.CompareTo(b.Offer)
                : a.Channel.CompareTo(b.Channel));
        while (into.Contacts.Count > CustomerState.MaxContacts) into.ForgetContact();
    }

    private static void Add(long[] into, long[] from)
    {
        for (var i = 0; i < into.Length; i++) into[i] += from[i];
    }
}
