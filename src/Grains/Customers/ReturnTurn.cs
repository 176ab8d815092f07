using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>A merged customer stands alone again, with what was sent to it while it was merged.</summary>
internal static class ReturnTurn
{
    public static TurnResult Run(CustomerTurn turn, CustomerMessage.Return message)
    {
        // Of an earlier merge: it has opened since, and was merged again.
        if (message.Move != turn.Twin.MoveNumber) return turn.Unchanged(Reply.Done.Instance);
        if (message.Facts.IsEmpty) return Gather(turn, message);
        var facts = CheckpointForm.Read(message.Facts, turn.Plans);
        if (turn.History is null) return turn.NeedsHistory([.. facts.Merged]);
        Open(turn, message, facts);
        return turn.Changed(Reply.Done.Instance);
    }

    /// <summary>Takes entries into the journal that it does not have yet.</summary>
    private static TurnResult Gather(CustomerTurn turn, CustomerMessage.Return message)
    {
        if (turn.History is not { } history) return turn.NeedsHistory();
        List<JournalEntry> own = [];
        for (var i = 0; i < history.Entries.Count; i++)
        {
            if (history.Owners.Count == 0 || history.Owners[i].Id == turn.Customer) own.Add(history.Entries[i]);
        }
        // Clocks of two hosts differ; a journal does not go back in time.
        var last = own.Count == 0 ? Instant.Never : own.Max(static entry => entry.RecordedAt);
        List<JournalEntry> added = [];
        foreach (var entry in message.Entries)
        {
            if (own.Exists(known => IsSame(known, entry))) continue;
            var recordedAt = Instant.Max(last, entry.RecordedAt < turn.Now ? entry.RecordedAt : turn.Now);
            added.Add(entry with { RecordedAt = recordedAt });
        }
        turn.Append(added);
        return added.Count == 0 ? turn.Unchanged(Reply.Done.Instance) : turn.Changed(Reply.Done.Instance);
    }

    private static bool IsSame(JournalEntry a, JournalEntry b) =>
        (a.Kind, a.OccurredAt, a.KeepUntil, a.Seed, a.PlanHash)
        == (b.Kind, b.OccurredAt, b.KeepUntil, b.Seed, b.PlanHash)
        && a.Payload.Span.SequenceEqual(b.Payload.Span);

    private static void Open(CustomerTurn turn, CustomerMessage.Return message, CustomerState facts)
    {
        ConsentRecord[] before = [.. turn.Twin.Consents];
        (facts.MovedTo, facts.MoveNumber) = (null, turn.Twin.MoveNumber);
        turn.LeaveOut(facts);
        var history = turn.History!; // LeaveOut leaves it
        if (!message.Checkpoint.IsEmpty) history = BeginsWith(turn, history, message);
        var past = CustomerHistory.Read(history, GrainKey.Customer(turn.Customer), turn.Plans);
        turn.Take(past, facts);
        if (!message.Checkpoint.IsEmpty)
        {
            // Rows that have expired since it was taken may go as soon as one is written here: it must hold them too.
            var state = past.Expired(history.Entries, turn.Now) ?? past.UpTo(OrderKey.None);
            RefoldTurn.TakeCheckpoint(turn, history, state);
        }
        DecisionTurn.AskAnew(turn);
        ConsentTurns.Tell(turn, before, "split");
        ConsentTurns.AwaitExpiry(turn);
        SplitTurn.ForgetSoon(turn);
    }

    /// <summary>
    /// The history with the checkpoint where it was recorded: behind it there is what its facts do not have yet.
    /// </summary>
    private static History BeginsWith(CustomerTurn turn, History history, CustomerMessage.Return message)
    {
        var key = GrainKey.Customer(turn.Customer);
        var state = CheckpointForm.Read(message.Checkpoint, turn.Plans);
        var entry = new JournalEntry(
            JournalKind.Checkpoint, state.Newest.OccurredAt, turn.Now, Instant.Forever, turn.Seed,
            turn.Plan.Hash, message.Checkpoint);
        List<JournalEntry> entries = [.. history.Entries];
        List<GrainKey> owners =
            [.. history.Owners.Count > 0 ? history.Owners : Enumerable.Repeat(key, history.Entries.Count)];
        var place = entries.Count;
        for (var behind = message.Behind; behind > 0 && place > 0; place--)
        {
            if (owners[place - 1] == key) behind--;
        }
        entries.Insert(place, entry);
        owners.Insert(place, key);
        return new History(entries) { Owners = owners };
    }
}
