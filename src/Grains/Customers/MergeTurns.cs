using System.Buffers;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>Turns that unite two customers: the one goes, the other takes it in.</summary>
internal static class MergeTurns
{
    public static TurnResult MergeInto(CustomerTurn turn, CustomerMessage.MergeInto message)
    {
        if (message.Customer == turn.Customer || turn.Twin.Merged.Contains(message.Customer))
        {
            return turn.Unchanged(
                new CustomerReply.Refused("customer", $"'{message.Customer}' is this customer already"));
        }
        turn.Send(GrainKey.Customer(message.Customer),
            new CustomerMessage.Absorb(turn.Customer, CheckpointForm.Write(turn.Twin)));
        turn.Twin.MovedTo = message.Customer;
        return turn.Changed(Reply.Done.Instance);
    }

    public static TurnResult Absorb(CustomerTurn turn, CustomerMessage.Absorb message)
    {
        if (turn.Twin.Merged.Contains(message.Customer)) return turn.Unchanged(Reply.Done.Instance);
        var from = CheckpointForm.Read(message.State, turn.Plans);
        if (turn.Twin.Merged.Count + from.Merged.Count + 1 > CustomerState.MaxMerged)
        {
            // The mover has moved and keeps its journal; its id leads here, its past stays where it is.
            return turn.Unchanged(
                new CustomerReply.Refused(
                    "customer", $"At most {CustomerState.MaxMerged} customers can be united in one"));
        }
        if (turn.History is null) return turn.NeedsHistory([message.Customer, .. from.Merged]);
        var history = CustomerHistory.Read(turn.History.Entries, turn.Plans);
        if (turn.Twin.IsStale) turn.Twin = history.RefoldAll(turn.Twin);
        StateMerge.Merge(turn.Twin, from);
        history.RefoldOrdered(turn.Twin, []);
        turn.Twin.Merged.Add(message.Customer);
        turn.Twin.Merged.AddRange(from.Merged);
        turn.Journal(JournalKind.Merge, turn.Now, turn.Plan.Consent.LongestRetentionMs,
            JournalPayload.OfMerge(message));
        turn.Decisions.Begin(turn);
        turn.Decisions.Run(turn, firedByEvents: 0, mayFireThresholds: false);
        return turn.Changed(Reply.Done.Instance);
    }
}
