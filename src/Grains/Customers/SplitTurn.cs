using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// Parts a customer from one that was merged into it: this one becomes what it would be had the other never been
/// merged, and the other gets back, by effects, what was sent to it meanwhile.
/// </summary>
internal static class SplitTurn
{
    public static TurnResult Run(CustomerTurn turn, CustomerMessage.Split message)
    {
        var customer = message.Customer;
        if (!turn.Twin.Merged.Contains(customer))
        {
            return turn.Unchanged(turn.Twin.HasParted(customer, 0)
                ? Reply.Done.Instance
                : Refused(customer == turn.Customer
                    ? $"'{customer}' is what the others are merged into; name one of them"
                    : $"'{customer}' is not merged into '{turn.Customer}'"));
        }
        if (turn.History is not { } history) return turn.NeedsHistory();
        var united = UnitedHistory.Of(history, turn.Customer, turn.Plans);
        var with = united.CameWith(customer);
        if (with is null) return turn.Unchanged(Refused($"The journal no longer says what '{customer}' brought"));
        if (with != customer)
            return turn.Unchanged(Refused($"'{customer}' came along with '{with}'; split '{with}' first"));
        var family = united.FamilyOf(customer);
        if (united.IsInseparable(family))
        {
            return turn.Unchanged(Refused(
                $"A checkpoint of an earlier version holds '{customer}' and others as one; they cannot be told apart"));
        }
        var there = united.Side(customer, family.Contains);
        var here = united.Side(turn.Customer, other => !family.Contains(other));
        Stay(turn, customer, family, here, there);
        return turn.Changed(Reply.Done.Instance);
    }

    private static CustomerReply.Refused Refused(string message) => new("customer", message);

    private static void Stay(
        CustomerTurn turn, string customer, HashSet<string> family, UnitedSide here, UnitedSide there)
    {
        var twin = turn.Twin;
        ShareContacts(twin, here.Facts, there.Facts);
        ShareMerged(twin, customer, family, here.Facts, there.Facts);
        List<(string Customer, long Move)> parted = [(customer, twin.Moves.GetValueOrDefault(customer))];
        foreach (var other in family.Order(StringComparer.Ordinal))
        {
            if (other != customer) parted.Add((other, twin.Moves.GetValueOrDefault(other)));
        }
        KeepOwn(twin, here.Facts, there.Facts);
        var marks = parted.ConvertAll(other => (here.Facts.Part(other.Customer, other.Move, turn.Seed), other.Move));
        Send(turn, there, parted);
        ConsentRecord[] before = [.. twin.Consents];
        turn.Rewrite(here.History, here.Facts);
        DecisionTurn.AskForStaying(turn);
        ConsentTurns.Tell(turn, before, "split");
        turn.Journal(
            JournalKind.Split, turn.Now, turn.Plan.Consent.LongestRetentionMs, JournalPayload.OfSplit(marks));
        ForgetSoon(turn);
    }

    /// <summary>
    /// What was kept on the word of the other may not be any more: it goes in a turn of its own, which comes at once.
    /// </summary>
    public static void ForgetSoon(CustomerTurn turn)
    {
        var lost = turn.Lost(turn.Twin.Consents);
        if (lost == 0) return;
        var names = turn.Plan.Consent.NamesOf(lost);
        turn.Send(GrainKey.Customer(turn.Customer), new CustomerMessage.Forget(names));
    }

    /// <summary>
    /// Contacts made while they were one bound both: who is one person may be two, but may also be one after all.
    /// </summary>
    private static void ShareContacts(CustomerState united, CustomerState here, CustomerState there)
    {
        List<Contact> before = [.. here.Contacts, .. there.Contacts];
        foreach (var contact in united.Contacts)
        {
            if (before.Remove(contact)) continue;
            here.AddContact(contact);
            there.AddContact(contact);
        }
    }

    private static void ShareMerged(
        CustomerState united, string customer, HashSet<string> family, CustomerState here, CustomerState there)
    {
        foreach (var facts in (ReadOnlySpan<CustomerState>)[here, there])
        {
            facts.Merged.Clear();
            facts.Moves.Clear();
            facts.ForgottenOf.Clear();
        }
        foreach (var merged in united.Merged)
        {
            if (merged == customer) continue;
            var isThere = family.Contains(merged);
            var facts = isThere ? there : here;
            facts.Merged.Add(merged);
            // Those that go along are told to lead there, which is a move more.
            var move = united.Moves.GetValueOrDefault(merged) + (isThere ? 1 : 0);
            if (move != 0) facts.Moves[merged] = move;
            if (united.ForgottenOf.TryGetValue(merged, out var forgotten)) facts.ForgottenOf[merged] = forgotten;
        }
    }

    /// <summary>
    /// What is nobody else's: decisions, whose ids count on, events refused while they were one, and what is waited
    /// for.
    /// </summary>
    private static void KeepOwn(CustomerState united, CustomerState here, CustomerState there)
    {
        for (var i = 0; i < here.Refused.Length; i++)
            here.Refused[i] = Math.Max(0, united.Refused[i] - there.Refused[i]);
        for (var i = 0; i < here.WithoutWinner.Length; i++)
            here.WithoutWinner[i] = Math.Max(0, united.WithoutWinner[i] - there.WithoutWinner[i]);
        here.DecisionCount = united.DecisionCount;
        (here.Kind, here.MovedTo, here.MoveNumber) = (united.Kind, null, united.MoveNumber);
        here.Parted.Clear();
        here.Parted.AddRange(united.Parted);
        here.TakeHeld(united);
        // Tells both what has not come.
        here.TakeWakeUps(united);
        there.TakeWakeUps(united);
    }

    private static void Send(
        CustomerTurn turn, UnitedSide there, List<(string Customer, long Move)> parted)
    {
        var (customer, move) = parted[0];
        var rows = there.Entries.Where(static entry => entry.Kind != JournalKind.Checkpoint).ToArray();
        var checkpoint = there.Entries.LastOrDefault(static entry => entry.Kind == JournalKind.Checkpoint);
        var behind = there.Entries.Reverse().TakeWhile(static entry => entry.Kind != JournalKind.Checkpoint).Count();
        var key = GrainKey.Customer(customer);
        foreach (var part in rows.Chunk(CustomerMessage.Return.MaxEntries))
            turn.Send(key, new CustomerMessage.Return(move, part));
        turn.Send(key, new CustomerMessage.Return(move, [])
        {
            Facts = CheckpointForm.Write(there.Facts),
            Checkpoint = checkpoint?.Payload ?? default,
            Behind = checkpoint is null ? 0 : behind,
        });
        foreach (var (other, moveOfOther) in parted.Skip(1))
            turn.Send(GrainKey.Customer(other), new CustomerMessage.Lead(customer, moveOfOther));
    }
}
