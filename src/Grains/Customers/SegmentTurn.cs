using DToC.Twin;
using DToC.Twin.Segments;

namespace DToC.Grains;

/// <summary>
/// The end of every turn that changed a customer: which segments it is in, what it contributes to them, and when to
/// look again. The host tallies what a committed state remembers (<see cref="CustomerCodec.ShareOf"/>).
/// </summary>
public static class SegmentTurn
{
    /// <summary>
    /// Name of the one wake-up that a customer asks for because of segments; no trigger's name begins with a blank.
    /// A host sends it, at <see cref="Instant.Never"/>, to a customer that was never evaluated under the plan in force.
    /// </summary>
    public const string WakeUpName = " segments";

    internal static TurnResult End(CustomerTurn turn, GrainMessage message, TurnResult result)
    {
        if (result is not TurnResult.Outcome outcome || !turn.Plan.Segmentation.IsAny) return result;
        if (!outcome.Changed)
        {
            // Another definition: without an event to fold there is nothing to refold, but there are segments.
            if (message is not GrainMessage.Refold || !IsNew(turn)) return result;
            result = turn.Changed(outcome.Reply);
        }
        if (turn.Twin.MovedTo is not null)
        {
            turn.Segments.Leave();
            return result;
        }
        turn.Decisions.Stand(turn);
        AskForWakeUp(turn);
        return result;
    }

    internal static TurnResult WakeUp(CustomerTurn turn, GrainMessage.WokenUp message)
    {
        var isAwaited = message.At == turn.Segments.WakeAt && !message.At.IsNever;
        if (isAwaited) turn.Segments.WakeAt = Instant.Never;
        return isAwaited || IsNew(turn) ? turn.Changed(Reply.Done.Instance) : turn.Unchanged(Reply.Done.Instance);
    }

    /// <summary>One that was merged into another is in no tally, and waits for nothing.</summary>
    internal static TurnResult StayAway(CustomerTurn turn) =>
        IsNew(turn) ? turn.Changed(Reply.Done.Instance) : turn.Unchanged(Reply.Done.Instance);

    private static bool IsNew(CustomerTurn turn) => turn.Plan.Segmentation.IsAny && !turn.Segments.IsEvaluated;

    // One that is late by this will not come: the state was restored or moved without it.
    private const long LostMs = 10 * 60_000;

    /// <summary>
    /// A wake-up that comes too early only asks again, and an event mostly puts off what would have come: so one that
    /// is under way is left, unless it would be too late.
    /// </summary>
    private static void AskForWakeUp(CustomerTurn turn)
    {
        var next = SegmentEvaluation.NextChange(turn.Plan.Segmentation, turn.Twin, turn.Now);
        var pending = turn.Segments.WakeAt;
        var isUnderWay = !pending.IsNever && pending > turn.Now.PlusMs(-LostMs);
        if (next.IsNever || (isUnderWay && pending <= next)) return;
        turn.Segments.WakeAt = next;
        turn.WakeUp(WakeUpName, next);
    }
}
