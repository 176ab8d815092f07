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
            // Asked again of one that was merged, and both lead here now.
            if (turn.For is not null) return turn.Unchanged(Reply.Done.Instance);
            return turn.Unchanged(new CustomerReply.Refused(
                "customer", $"'{message.Customer}' is this customer already"));
        }
        turn.Twin.MoveNumber = Math.Max(turn.Twin.MoveNumber, turn.Floor) + 1;
        var absorb = new CustomerMessage.Absorb(turn.Customer, CheckpointForm.Write(turn.Twin))
        {
            Move = turn.Twin.MoveNumber,
            Path = [turn.Customer],
        };
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
        CustomerMessage.Lead lead => Lead(turn, lead),
        CustomerMessage.Return back => ReturnTurn.Run(turn, back),
        GrainMessage.WokenUp { Name: SegmentTurn.WakeUpName } => SegmentTurn.StayAway(turn),
        _ => new TurnResult.MovedTo(GrainKey.Customer(target))
        {
            Message = message with { For = message.For ?? turn.Customer, Since = turn.Since },
        },
    };

    /// <summary>
    /// A message to a customer that leads here and is not taken in: its past is still under way, or it has just been
    /// split off. Soon the one or the other is done.
    /// </summary>
    public static TurnResult? NotYet(CustomerTurn turn, GrainMessage message)
    {
        if (message.For is not { } customer || customer == turn.Customer) return null;
        if (turn.Twin.Merged.Contains(customer)) return null;
        return new TurnResult.Outcome(new Reply.Unavailable(
            $"A merge or a split of '{customer}' is under way; send it again"))
        {
            Changed = false,
        };
    }

    /// <summary>What the customer this one was merged into may not keep any more goes here too.</summary>
    private static TurnResult Forget(CustomerTurn turn, CustomerMessage.Forget message)
    {
        var lost = turn.Plan.Consent.MaskOf(message.Categories);
        if ((lost & turn.Twin.Kept) == 0) return turn.Unchanged(Reply.Done.Instance);
        if (turn.History is null) return turn.NeedsHistory();
        turn.ForgetOwn(lost);
        return turn.Changed(Reply.Done.Instance);
    }

    private static TurnResult.Outcome Lead(CustomerTurn turn, CustomerMessage.Lead message)
    {
        if (message.Move != turn.Twin.MoveNumber) return turn.Unchanged(Reply.Done.Instance);
        turn.Twin.MovedTo = message.Customer;
        turn.Twin.MoveNumber++;
        return turn.Changed(Reply.Done.Instance);
    }

    public static TurnResult Absorb(CustomerTurn turn, CustomerMessage.Absorb message)
    {
        // Delivered again, late, or come back to where it started after a ring was opened here.
        if (message.Customer == turn.Customer || turn.Twin.Merged.Contains(message.Customer)
            || turn.Twin.HasParted(message.Customer, message.Move))
        {
            return turn.Unchanged(Reply.Done.Instance);
        }
        var from = CheckpointForm.Read(message.State, turn.Plans);
        if (turn.Twin.Merged.Count + from.Merged.Count + 1 > CustomerState.MaxMerged) return Refuse(turn, message);
        turn.LeaveOut(from);
        if (turn.Past is not { } past) return turn.NeedsHistory([message.Customer, .. from.Merged]);
        var merge = new MergeRecord(message.Customer, message.State)
        {
            Move = message.Move,
            Into = message.Path.Count > 1 ? message.Path[1] : null,
            Before = turn.Twin.Merged.Count == 0 ? CheckpointForm.Write(turn.Twin) : default,
        };
        // An event that both have (one sent to both before they were merged) is in both states.
        var family = new HashSet<string>(from.Merged, StringComparer.Ordinal) { message.Customer };
        StateMerge.TakeOut(from, past.FoldedByBoth(family));
        ConsentRecord[] before = [.. turn.Twin.Consents];
        StateMerge.Merge(turn.Twin, from);
        foreach (var (mark, move) in from.Parted) turn.Twin.PartAs(mark, move);
        turn.Twin.Merged.Add(message.Customer);
        turn.Twin.Merged.AddRange(from.Merged);
        foreach (var (customer, move) in Lead(turn.Twin, merge, from))
            turn.Send(GrainKey.Customer(customer), new CustomerMessage.Lead(turn.Customer, move));
        if (turn.Twin.IsStale || past.IsOfTwoPersonas(family)) turn.Refold(past);
        else past.RefoldOrdered(turn.Twin, []);
        // Of consents the stricter stands, so what the one may keep the two together may not.
        var payload = JournalPayload.OfMerge(merge);
        if (turn.Lost(turn.Twin.Consents) is var lost and not 0)
        {
            turn.Forget(lost);
            payload = JournalPayload.OfMerge(new JournalForgetting(turn.Plans, lost).Kept(merge));
        }
        ConsentTurns.Tell(turn, before, "merge", from.Consents);
        // What a split needs is kept until there is one.
        turn.Journal(JournalKind.Merge, turn.Now, long.MaxValue, payload);
        DecisionTurn.AskForMerged(turn, from);
        turn.Decisions.Begin(turn);
        turn.Decisions.Run(turn, mayFireThresholds: false);
        return turn.Changed(Reply.Done.Instance);
    }

    /// <summary>
    /// Remembers by which moves a customer and those it brings are led here: the number of each once it leads here
    /// itself, and by no way over another.
    /// </summary>
    /// <returns>Those that do not yet, with the numbers they have now.</returns>
    public static IReadOnlyList<(string Customer, long Move)> Lead(
        CustomerState state, MergeRecord merge, CustomerState from)
    {
        List<(string Customer, long Move)> others = [];
        if (merge.Into is not null) others.Add((merge.Customer, merge.Move));
        else SetMove(state, merge.Customer, merge.Move);
        foreach (var merged in from.Merged) others.Add((merged, from.Moves.GetValueOrDefault(merged)));
        foreach (var (customer, move) in others) SetMove(state, customer, move + 1);
        return others;
    }

    private static void SetMove(CustomerState state, string customer, long move)
    {
        if (move != 0) state.Moves[customer] = move;
    }

    /// <summary>
    /// A merge into one who was erased is none. The mover opens again; one that came by way of another is that one's,
    /// who has opened before it.
    /// </summary>
    public static Letter? SendBack(GrainMessage message)
    {
        if (message is not CustomerMessage.Absorb absorb) return null;
        if (absorb.Path is not [.., var last] || last == absorb.Customer)
            return new Letter(GrainKey.Customer(absorb.Customer), Back(absorb));
        return new Letter(GrainKey.Customer(last), absorb with { Path = [.. absorb.Path.SkipLast(1)] });
    }

    private static CustomerMessage.Return Back(CustomerMessage.Absorb message) =>
        new(message.Move, []) { Facts = message.State };

    /// <summary>No merge: the mover opens again, with all it has.</summary>
    private static TurnResult.Outcome Refuse(CustomerTurn turn, CustomerMessage.Absorb message)
    {
        turn.Send(GrainKey.Customer(message.Customer), Back(message));
        turn.Twin.Part(message.Customer, message.Move, turn.Seed);
        return turn.Changed(new CustomerReply.Refused(
            "customer", $"At most {CustomerState.MaxMerged} customers can be united in one"));
    }

    /// <summary>
    /// Sends a merged customer's state on to where this one went; behind what this one has sent there itself, so that
    /// whoever takes both in knows of the one when the other comes. Customers merged into each other at the same time
    /// form a ring that no state can leave: of those that nobody has taken in, the one with the least id stays once
    /// its own state has come round to it.
    /// </summary>
    private static TurnResult.Outcome PassOn(CustomerTurn turn, CustomerMessage.Absorb message, string target)
    {
        // Taken in before the move, or split off since.
        if (turn.Twin.Merged.Contains(message.Customer) || turn.Twin.HasParted(message.Customer, message.Move))
            return turn.Unchanged(Reply.Done.Instance);
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
        if (path.Count > CustomerState.MaxMerged) return Refuse(turn, message);
        turn.Send(GrainKey.Customer(target), message with { Path = path, Taken = taken });
        return turn.Changed(Reply.Done.Instance);
    }
}
