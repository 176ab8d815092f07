using System.Text;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>Turns that add facts in order of arrival: attributes, requests, wake-ups.</summary>
internal static class FactTurns
{
    public static TurnResult SetAttributes(CustomerTurn turn, CustomerMessage.SetAttributes message)
    {
        if (message.At < turn.Since) return turn.Unchanged(new CustomerReply.Refused("time", turn.ErasedBefore));
        foreach (var change in message.Changes)
        {
            if (Refusal(turn, change) is { } refused) return turn.Unchanged(refused);
        }
        var payload = JournalPayload.OfAttributes(message with { For = turn.For });
        if (!Take(turn.Twin, message))
        {
            // Of several united, what stands for one of them may yet be new for another.
            if (!turn.IsUnited) return turn.Unchanged(Reply.Done.Instance);
            if (turn.History is not { } history) return turn.NeedsHistory();
            if (IsKnown(history, turn.For ?? turn.Customer, message)) return turn.Unchanged(Reply.Done.Instance);
        }
        turn.Journal(JournalKind.Attributes, message.At, turn.Plan.Consent.LongestRetentionMs, payload);
        turn.Decisions.Begin(turn);
        turn.Decisions.Run(turn, firedByEvents: 0, mayFireThresholds: true);
        return turn.Changed(Reply.Done.Instance);
    }

    private static bool IsKnown(History history, string customer, CustomerMessage.SetAttributes message)
    {
        var payload = JournalPayload.OfAttributes(message with { For = null });
        for (var i = 0; i < history.Entries.Count; i++)
        {
            var entry = history.Entries[i];
            if (entry.Kind != JournalKind.Attributes || entry.OccurredAt != message.At) continue;
            if ((JournalPayload.ForOf(entry) ?? history.Owners[i].Id) != customer) continue;
            if (JournalPayload.For(entry, null).Payload.Span.SequenceEqual(payload)) return true;
        }
        return false;
    }

    /// <summary>Takes the values that stand against those known; true when one did.</summary>
    public static bool Take(CustomerState state, CustomerMessage.SetAttributes message)
    {
        var isAny = false;
        foreach (var change in message.Changes)
        {
            var slot = Slot(state, change.Attribute);
            if (slot < 0) continue;
            isAny |= state.TakeAttribute(slot, new AttributeRecord
            {
                Origin = message.Origin,
                At = message.At,
                Source = message.Source,
                Text = change.Text,
                Number = change.Number ?? 0,
            });
        }
        return isAny;
    }

    public static TurnResult Decide(CustomerTurn turn, CustomerMessage.Decide message)
    {
        turn.Decisions.Begin(turn);
        var record = turn.Decisions.Answer(turn, message.Context);
        return turn.Changed(new CustomerReply.Decided(record));
    }

    public static TurnResult WakeUp(CustomerTurn turn, GrainMessage.WokenUp message)
    {
        if (ConsentTurns.Expire(turn, message)) return turn.Told(Reply.Done.Instance);
        var triggers = turn.Plan.Decisions.Triggers;
        for (var i = 0; i < triggers.Length; i++)
        {
            if (triggers[i].Name != message.Name || triggers[i].LastAt < 0) continue;
            // A later event has moved it, or it came twice.
            if (!turn.Twin.WakeUps.Take(triggers[i].NameHash, message.At)) break;
            turn.Decisions.Begin(turn);
            turn.Decisions.RunWakeUp(turn, i);
            return turn.Changed(Reply.Done.Instance);
        }
        return turn.Unchanged(Reply.Done.Instance);
    }

    private static CustomerReply.Refused? Refusal(CustomerTurn turn, AttributeChange change)
    {
        var slot = Slot(turn.Twin, change.Attribute);
        if (slot < 0)
        {
            var known = turn.Plan.Events.Attributes.Select(a => a.Name);
            return new CustomerReply.Refused(
                change.Attribute,
                $"There is no attribute '{change.Attribute}'; the definition has {string.Join(", ", known)}");
        }
        var attribute = turn.Plan.Events.Attributes[slot];
        var category = turn.Plan.Consent.FindCategory(attribute.Category.Name);
        if (!ConsentGate.MayKeep(turn.Twin, category, turn.Now))
        {
            return new CustomerReply.Refused(
                change.Attribute, $"No purpose has a legal basis for {attribute.Category.Name} of this customer now");
        }
        return ValueRefusal(attribute, change);
    }

    private static CustomerReply.Refused? ValueRefusal(AttributeDefinition attribute, AttributeChange change)
    {
        if (attribute.Type == AttributeType.Text)
        {
            if (change.Text is null)
                return new CustomerReply.Refused(change.Attribute, $"'{change.Attribute}' is text");
            if (attribute.IsRelation && AttributeDefinition.TargetsOf(change.Text).Count > attribute.MaxTargets)
            {
                return new CustomerReply.Refused(
                    change.Attribute, $"'{change.Attribute}' names at most {attribute.MaxTargets} customers");
            }
            return Encoding.UTF8.GetByteCount(change.Text) <= attribute.MaxLength
                ? null
                : new CustomerReply.Refused(
                    change.Attribute, $"'{change.Attribute}' is longer than {attribute.MaxLength} bytes");
        }
        if (change.Text is not null || change.Number is not { } number || !double.IsFinite(number))
        {
            return new CustomerReply.Refused(
                change.Attribute, $"'{change.Attribute}' is a {attribute.Type.ToString().ToLowerInvariant()}");
        }
        if (attribute.Min is { } min && number < min)
            return new CustomerReply.Refused(change.Attribute, $"'{change.Attribute}' is at least {min}");
        if (attribute.Max is { } max && number > max)
            return new CustomerReply.Refused(change.Attribute, $"'{change.Attribute}' is at most {max}");
        return null;
    }

    private static int Slot(CustomerState state, string attribute)
    {
        var attributes = state.Plan.Events.Attributes;
        for (var i = 0; i < attributes.Count; i++)
        {
            if (attributes[i].Name == attribute) return i;
        }
        return -1;
    }
}
