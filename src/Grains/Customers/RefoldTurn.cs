namespace DToC.Grains;

/// <summary>Turns that rebuild from the journal.</summary>
internal static class RefoldTurn
{
    public static TurnResult Refold(CustomerTurn turn)
    {
        if (turn.History is null) return turn.NeedsHistory();
        if (turn.Twin.LastAt.IsNever) return turn.Unchanged(Reply.Done.Instance);
        turn.Twin = CustomerHistory.Read(turn.History.Entries, turn.Plans).RefoldAll(turn.Twin);
        return turn.Changed(Reply.Done.Instance);
    }

    public static TurnResult TakeCheckpoint(CustomerTurn turn)
    {
        if (turn.History is null) return turn.NeedsHistory();
        var history = CustomerHistory.Read(turn.History.Entries, turn.Plans);
        if (history.Expired(turn.History.Entries, turn.Now) is not { } expired)
            return turn.Unchanged(Reply.Done.Instance);
        if (turn.Twin.IsStale) turn.Twin = history.RefoldAll(turn.Twin);
        turn.Twin.Checkpoint = expired.Newest;
        turn.Journal(JournalKind.Checkpoint, expired.Newest.OccurredAt, long.MaxValue, CheckpointForm.Write(expired));
        return turn.Changed(Reply.Done.Instance);
    }
}
