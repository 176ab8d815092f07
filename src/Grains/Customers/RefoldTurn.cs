using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>Turns that rebuild from the journal.</summary>
internal static class RefoldTurn
{
    public static TurnResult Refold(CustomerTurn turn)
    {
        if (turn.Past is not { } past) return turn.NeedsHistory();
        if (turn.Twin.LatestAt.IsNever) return turn.Unchanged(Reply.Done.Instance);
        turn.Refold(past);
        return turn.Changed(Reply.Done.Instance);
    }

    public static TurnResult TakeCheckpoint(CustomerTurn turn)
    {
        if (turn.History is not { } history || turn.Past is not { } past) return turn.NeedsHistory();
        if (past.Expired(history.Entries, turn.Now) is not { } expired) return turn.Unchanged(Reply.Done.Instance);
        TakeCheckpoint(turn, history, expired);
        return turn.Changed(Reply.Done.Instance);
    }

    /// <summary>Writes a state of the twin's history as the checkpoint it begins with from now on.</summary>
    public static void TakeCheckpoint(CustomerTurn turn, History history, CustomerState state)
    {
        state.Merged.AddRange(turn.Twin.Merged); // whose events it holds
        turn.Twin.Checkpoint = state.Newest;
        var parts = turn.IsUnited ? UnitedHistory.Of(history, turn.Customer, turn.Plans).Parts(state.Newest) : [];
        turn.Journal(
            JournalKind.Checkpoint, state.Newest.OccurredAt, long.MaxValue, CheckpointForm.Write(state, parts));
    }
}
