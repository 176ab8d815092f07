using System.Runtime.InteropServices;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// Takes data categories out of journals: events and attributes of them, what checkpoints and merged states hold of
/// them, and decisions that rested on them. Consents stay: they prove what was said. An event that no definition at
/// hand can place stays too, as nothing reads it.
/// </summary>
internal sealed class JournalForgetting(PlanCatalog plans, ulong categories)
{
    private readonly Dictionary<ulong, (EventReader Reader, ulong Lost)?> _readers = [];

    /// <summary>A history with what is left of each of its entries, and whose they are.</summary>
    /// <param name="history">The history.</param>
    /// <param name="key">Whose entries they are where the history does not say.</param>
    /// <param name="kept">What is left of an entry of an owner, or null.</param>
    public static History Where(History history, GrainKey key, Func<JournalEntry, GrainKey, JournalEntry?> kept)
    {
        List<JournalEntry> entries = [];
        List<GrainKey> owners = [];
        for (var i = 0; i < history.Entries.Count; i++)
        {
            var owner = history.Owners.Count == 0 ? key : history.Owners[i];
            if (kept(history.Entries[i], owner) is not { } left) continue;
            entries.Add(left);
            owners.Add(owner);
        }
        return new History(entries) { Owners = owners };
    }

    /// <summary>A history as far as it counts: merged customers' journals may not have forgotten yet.</summary>
    public static History? Without(History? history, CustomerState state, PlanCatalog plans)
    {
        if (history is null || state.ForgottenOf.Count == 0 || history.Owners.Count == 0) return history;
        var forgetting = state.ForgottenOf.ToDictionary(
            of => of.Key,
            of => new JournalForgetting(plans, plans.Current.Consent.FromSlotsOf(state.Plan.Consent, of.Value)),
            StringComparer.Ordinal);
        return Where(history, GrainKey.Customer(""), (entry, owner) =>
            forgetting.TryGetValue(owner.Id, out var forgets) ? forgets.Kept(entry) : entry);
    }

    /// <summary>What stays of an entry, or null.</summary>
    public JournalEntry? Kept(JournalEntry entry) => entry.Kind switch
    {
        JournalKind.Event or JournalKind.AlsoSent => IsLost(entry) ? null : entry,
        JournalKind.Attributes => KeptAttributes(entry),
        JournalKind.Decision => Rests(DecisionRecord.Read(Envelope.Open(entry.Payload.Span))) ? null : entry,
        JournalKind.Checkpoint => entry with { Payload = Without(entry.Payload) },
        JournalKind.Merge => entry with
        {
            Payload = JournalPayload.OfMerge(Kept(JournalPayload.ReadMerge(entry.Payload))),
        },
        _ => entry,
    };

    private bool IsLost(JournalEntry entry)
    {
        foreach (var hash in (ReadOnlySpan<ulong>)[plans.Current.Hash, entry.PlanHash])
        {
            if (ReaderOf(hash) is not { } known) continue;
            var json = JournalPayload.ReadEvent(entry.Payload);
            var reading = known.Reader.ReadStored(json, entry.OccurredAt, entry.RecordedAt);
            if (reading is not EventReading.Read { Event: var e }) continue;
            return (known.Lost >> e.Schema.Types[e.Type].Category & 1) != 0;
        }
        return false;
    }

    private JournalEntry? KeptAttributes(JournalEntry entry)
    {
        var message = JournalPayload.ReadAttributes(entry);
        var kept = message.Changes.Where(change => !IsLost(change.Attribute, entry.PlanHash)).ToList();
        if (kept.Count == message.Changes.Count) return entry;
        return kept.Count == 0
            ? null
            : entry with { Payload = JournalPayload.OfAttributes(message with { Changes = kept }) };
    }

    private bool IsLost(string attribute, ulong planHash)
    {
        foreach (var plan in (ReadOnlySpan<TwinPlan?>)[plans.Current, plans.Find(planHash)])
        {
            if (plan?.Events.PlaceOfAttribute(attribute) is not (_, >= 0 and var slot)) continue;
            return (LostOf(plan) & plan.Vector.AttributeCategories[slot]) != 0;
        }
        return false;
    }

    /// <summary>What stays of the states that a merge brought together.</summary>
    public MergeRecord Kept(MergeRecord merge) => merge with
    {
        State = Without(merge.State),
        Before = merge.Before.IsEmpty ? merge.Before : Without(merge.Before),
    };

    /// <summary>What is left of a checkpoint and of each of its parts.</summary>
    public byte[] Without(ReadOnlyMemory<byte> checkpoint)
    {
        var state = CheckpointForm.Read(checkpoint, plans, out var parts);
        StateForgetting.Forget(state, categories);
        return CheckpointForm.Write(
            state, [.. parts.Select(part => part with { Checkpoint = Without(part.Checkpoint) })]);
    }

    /// <summary>Whether a decision saw anything of the categories; one of a definition not at hand may have.</summary>
    private bool Rests(DecisionRecord record)
    {
        if (plans.Find(record.PlanHash) is not { } plan) return true;
        var lost = LostOf(plan);
        var numbers = record.Inputs.Numbers.Span;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (double.IsFinite(numbers[i]) && (plan.Vector.NumberCategories[i] & lost) != 0) return true;
        }
        var texts = record.Inputs.Texts.Span;
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i] != 0 && (plan.Vector.TextCategories[i] & lost) != 0) return true;
        }
        return false;
    }

    private (EventReader Reader, ulong Lost)? ReaderOf(ulong planHash)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_readers, planHash, out var exists);
        if (!exists && plans.Find(planHash) is { } plan)
            known = (new EventReader(plan.Events, EventLimits.Stored), LostOf(plan));
        return known;
    }

    private ulong LostOf(TwinPlan plan) => plan.Consent.FromSlotsOf(plans.Current.Consent, categories);
}
