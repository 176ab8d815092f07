namespace DToC.Grains;

/// <summary>Turns that rebuild from the journal.</summary>
internal static class RefoldTurn
{
    public static TurnResult Refold(CustomerTurn turn)
    {
        if (turn.Past is not { } past) return turn.NeedsHistory();
        if (turn.Twin.LastAt.IsNever) return turn.Unchanged(Reply.Done.Instance);
        turn.Refold(past);
        return turn.Changed(Reply.Done.Instance);
    }

    public static TurnResult TakeCheckpoint(CustomerTurn turn)
    {
        if (turn.History is not { } history || turn.Past is not { } past) return turn.NeedsHistory();
        if (past.Expired(history.Entries, turn.Now) is not { } expired) return turn.Unchanged(Reply.Done.Instance);
        expired.Merged.AddRange(turn.Twin.Merged); // whose events it holds
        turn.Twin.Checkpoint = expired.Newest;
        turn.Journal(JournalKind.Checkpoint, expired.Newest.OccurredAt, long.MaxValue, CheckpointForm.Write(expired));
        return turn.Changed(Reply.Done.Instance);
    }
}
