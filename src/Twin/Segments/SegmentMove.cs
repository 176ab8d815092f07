namespace DToC.Twin.Segments;

/// <summary>A customer entered a segment or left it.</summary>
/// <param name="Segment">Slot of the segment.</param>
/// <param name="IsEntry">Whether it entered.</param>
/// <param name="At">When.</param>
public readonly record struct SegmentMove(int Segment, bool IsEntry, Instant At);

/// <summary>How often a customer went from one journey stage to another, and how long it had stayed.</summary>
/// <param name="From">Slot of the stage left.</param>
/// <param name="To">Slot of the stage entered.</param>
/// <param name="IsIdle">Whether the stage gave way because nothing came: the customer dropped off.</param>
/// <param name="Count">How often.</param>
/// <param name="StayedMs">Time in the stage before, all together; of the first stage the time is not known.</param>
public readonly record struct StageFlow(int From, int To, bool IsIdle, long Count, long StayedMs);
