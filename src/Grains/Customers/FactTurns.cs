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
            if (Refusal(turn, change, message) is { } refused) return turn.Unchanged(refused);
        }
        var payload = JournalPayload.OfAttributes(message with { For = turn.For });
        var wasSetAside = turn.Twin.IsSetAside;
        if (!Take(turn.Twin, message))
        {
            // Of several united, what stands for one of them may yet be new for another.
            if (!turn.IsUnited) return turn.Unchanged(Reply.Done.Instance);
            if (turn.History is not { } history) return turn.NeedsHistory();
            if (IsKnown(history, turn.For ?? turn.Customer, message)) return turn.Unchanged(Reply.Done.Instance);
        }
        turn.Journal(JournalKind.Attributes, message.At, turn.Plan.Consent.LongestRetentionMs, payload);
        if (turn.Twin.IsSetAside && !wasSetAside) ConsentTurns.TellSetAside(turn, message.Source);
        turn.Decisions.Begin(turn);
        turn.Decisions.Run(turn, mayFireThresholds: true);
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
            var (persona, slot) = state.Plan.Events.PlaceOfAttribute(change.Attribute);
            if (slot < 0) continue;
            isAny |= state.FacetOf(persona).TakeAttribute(slot, new AttributeRecord
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
        if (PersonaTurns.FacetOf(turn, message, out var facet) is { } refused) return turn.Unchanged(refused);
        turn.Decisions.Begin(turn);
        var record = turn.Decisions.Answer(turn, facet, message.Context);
        return turn.Changed(new CustomerReply.Decided(record));
    }

    public static TurnResult WakeUp(CustomerTurn turn, GrainMessage.WokenUp message)
    {
        if (ConsentTurns.Expire(turn, message)) return turn.Told(Reply.Done.Instance);
        if (message.Name == SegmentTurn.WakeUpName) return SegmentTurn.WakeUp(turn, message);
        // One that is not waited for was moved by a later event, or came twice.
        if (turn.Twin.OfWakeUp(message.Name) is not var (facet, trigger)
            || !facet.WakeUps.Take(trigger.NameHash, message.At))
        {
            return turn.Unchanged(Reply.Done.Instance);
        }
        turn.Decisions.Begin(turn);
        turn.Decisions.RunWakeUp(turn, facet, Array.IndexOf(turn.Plan.Decisions.Triggers, trigger));
        return turn.Changed(Reply.Done.Instance);
    }

    private static CustomerReply.Refused? Refusal(
        CustomerTurn turn, AttributeChange change, CustomerMessage.SetAttributes message)
    {
        var schema = turn.Plan.Events;
        var (persona, slot) = schema.PlaceOfAttribute(change.Attribute);
        if (slot < 0)
        {
            return new CustomerReply.Refused(
                change.Attribute,
                $"There is no attribute '{change.Attribute}'; the definition has "
                + string.Join(", ", schema.Attributes.Select(a => a.Name)));
        }
        var attribute = schema.Attributes[slot];
        var isOfPersonas = slot == schema.Personas.ChoiceAttribute || slot == schema.Personas.PseudonymAttribute;
        // What the customer says of personas may be said behind one too.
        var mayKeep = isOfPersonas
            ? (ConsentGate.Keepable(turn.Twin, turn.Now) & turn.Plan.Vector.AttributeCategories[slot]) != 0
            : ConsentGate.MayKeep(
                turn.Twin.FacetOf(persona), turn.Plan.Consent.FindCategory(attribute.Category.Name), turn.Now);
        if (!mayKeep)
        {
            return new CustomerReply.Refused(
                change.Attribute, $"No purpose has a legal basis for {attribute.Category.Name} of this customer now");
        }
        return (isOfPersonas ? PersonaTurns.Refusal(turn, change, message) : null) ?? ValueRefusal(attribute, change);
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
}
