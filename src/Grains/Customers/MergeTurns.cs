using DToC.Twin;
using DToC.Twin.Fold;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>Turns that unite two customers: the one goes, the other takes it in.</summary>
internal static class MergeTurns
{
    public static TurnResult MergeInto(CustomerTurn turn, CustomerMessage.MergeInto message)
    {
        if (message.Customer == turn.Customer || turn.Twin.Merged.Contains(message.Customer))
        {
            return turn.Unchanged(new CustomerReply.Refused(
                "customer", $"'{message.Customer}' is this customer already"));
        }
        var state = CheckpointForm.Write(turn.Twin);
        var absorb = new CustomerMessage.Absorb(turn.Customer, state) { Path = [turn.Customer] };
        turn.Send(GrainKey.Customer(message.Customer), absorb);
        turn.Twin.MovedTo = message.Customer;
        return turn.Changed(Reply.Done.Instance);
    }

    /// <summary>
    /// What a customer does that was merged: all leads on, but for what belongs to the merging itself.
    /// </summary>
    public static TurnResult AfterMove(CustomerTurn turn, GrainMessage message, string target) => message switch
    {
        CustomerMessage.MergeInto again when again.Customer == target => turn.Unchanged(Reply.Done.Instance),
        CustomerMessage.Absorb absorb => PassOn(turn, absorb, target),
        CustomerMessage.Forget forget => Forget(turn, forget),
        _ => new TurnResult.MovedTo(GrainKey.Customer(target)),
    };

    /// <summary>What the customer this one was merged into may not keep any more goes here too.</summary>
    private static TurnResult Forget(CustomerTurn turn, CustomerMessage.Forget message)
    {
        var lost = turn.Plan.Consent.MaskOf(message.Categories);
        if ((lost & turn.Twin.Kept) == 0) return turn.Unchanged(Reply.Done.Instance);
        if (turn.History is null) return turn.NeedsHistory();
        turn.ForgetOwn(lost);
        return turn.Changed(Reply.Done.Instance);
    }

    public static TurnResult Absorb(CustomerTurn turn, CustomerMessage.Absorb message)
    {
        // Delivered again, or come back to where it started after a ring was opened here.
        if (message.Customer == turn.Customer || turn.Twin.Merged.Contains(message.Customer))
        {
            return turn.Unchanged(Reply.Done.Instance);
        }
        var from = CheckpointForm.Read(message.State, turn.Plans);
        turn.LeaveOut(from);
        if (turn.Past is not { } past) return turn.NeedsHistory([message.Customer, .. from.Merged]);
        if (turn.Twin.Merged.Count + from.Merged.Count + 1 > CustomerState.MaxMerged) return Refuse(turn, from);
        // An event that both have (one sent again after the move and before this) is in both states.
        var family = new HashSet<string>(from.Merged, StringComparer.Ordinal) { message.Customer };
        StateMerge.TakeOut(from, past.FoldedByBoth(family));
        ConsentRecord[] before = [.. turn.Twin.Consents];
        StateMerge.Merge(turn.Twin, from);
        turn.Twin.Merged.Add(message.Customer);
        turn.Twin.Merged.AddRange(from.Merged);
        if (turn.Twin.IsStale) turn.Refold(past);
        else past.RefoldOrdered(turn.Twin, []);
        // Of consents the stricter stands, so what the one may keep the two together may not.
        if (turn.Lost(turn.Twin.Consents) is var lost and not 0)
        {
            turn.Forget(lost);
            var left = CheckpointForm.Read(message.State, turn.Plans);
            StateForgetting.Forget(left, lost);
            message = message with { State = CheckpointForm.Write(left) };
        }
        ConsentTurns.Tell(turn, before, "merge", from.Consents);
        var payload = JournalPayload.OfMerge(message);
        turn.Journal(JournalKind.Merge, turn.Now, turn.Plan.Consent.LongestRetentionMs, payload);
        DecisionTurn.AskForMerged(turn, from);
        turn.Decisions.Begin(turn);
        turn.Decisions.Run(turn, firedByEvents: 0, mayFireThresholds: false);
        return turn.Changed(Reply.Done.Instance);
    }

    /// <summary>
    /// The mover has moved and keeps its journal; its id leads here, its past stays where it is. What it forbade holds
    /// here too, as its id is this customer's from now on.
    /// </summary>
    private static TurnResult.Outcome Refuse(CustomerTurn turn, CustomerState from)
    {
        var refused = new CustomerReply.Refused(
            "customer", $"At most {CustomerState.MaxMerged} customers can be united in one");
        ConsentRecord[] before = [.. turn.Twin.Consents];
        var changes = new List<ConsentChange>();
        for (var purpose = 0; purpose < from.Consents.Length; purpose++)
        {
            var consent = ConsentRecord.Stricter(turn.Twin.Consents[purpose], from.Consents[purpose]);
            if (!consent.Forbids && !consent.IsRestricted) continue;
            if (consent == turn.Twin.Consents[purpose]) continue;
            turn.Twin.Consents[purpose] = consent;
            changes.Add(ConsentChange.Of(turn.Plan.Consent.Purposes[purpose], consent));
        }
        if (changes.Count == 0) return turn.Unchanged(refused);
        var payload = JournalPayload.OfConsents("merge", changes);
        turn.Journal(JournalKind.Consents, turn.Now, turn.Plan.Consent.LongestRetentionMs, payload);
        if (turn.Lost(turn.Twin.Consents) is var lost and not 0) turn.Forget(lost);
        ConsentTurns.Tell(turn, before, "merge");
        return turn.Changed(refused);
    }

    /// <summary>
    /// Sends a merged customer's state on to where this one went; behind what this one has sent there itself, so that
    /// whoever takes both in knows of the one when the other comes. Customers merged into each other at the same time
    /// form a ring that no state can leave: of those that nobody has taken in, the one with the least id stays once
    /// its own state has come round to it.
    /// </summary>
    private static TurnResult.Outcome PassOn(CustomerTurn turn, CustomerMessage.Absorb message, string target)
    {
        // Taken in before the move.
        if (turn.Twin.Merged.Contains(message.Customer)) return turn.Unchanged(Reply.Done.Instance);
        IReadOnlyList<string> path = [.. message.Path.TakeWhile(customer => customer != turn.Customer), turn.Customer];
        IReadOnlyList<string> taken = [.. message.Taken, .. turn.Twin.Merged];
        if (path.Count <= message.Path.Count)
        {
            if (message.Customer == turn.Customer)
            {
                // An old copy may have come round by a way that this customer has left since.
                if (message.Path.Count < 2 || message.Path[1] != target) return turn.Unchanged(Reply.Done.Instance);
                if (message.Path.Except(taken, StringComparer.Ordinal).Min(StringComparer.Ordinal) == turn.Customer)
                {
                    turn.Twin.MovedTo = null;
                    return turn.Changed(Reply.Done.Instance);
                }
            }
            taken = [];
        }
        if (path.Count > CustomerState.MaxMerged)
        {
            return turn.Unchanged(new CustomerReply.Refused(
                "customer", $"More than {CustomerState.MaxMerged} merges lead on from here"));
        }
        turn.Send(GrainKey.Customer(target), message with { Path = path, Taken = taken });
        return turn.Changed(Reply.Done.Instance);
    }
}
