using DToC.Twin;

namespace DToC.Grains;

/// <summary>Answers given to messages from outside, by kind, since the start of the process.</summary>
/// <param name="Done">Answered by a grain.</param>
/// <param name="Busy">Not taken: no room, see <see cref="Reply.Busy"/>.</param>
/// <param name="Unavailable">Not durable, see <see cref="Reply.Unavailable"/>.</param>
/// <param name="Failed">The turn broke an invariant, see <see cref="Reply.Failed"/>.</param>
public readonly record struct AnswerCounts(long Done, long Busy, long Unavailable, long Failed);

/// <summary>A key with many turns.</summary>
/// <param name="Key">Whose turns. An id is personal: it is for operators, never for a label of a metric.</param>
/// <param name="TurnsPerMinute">Turns in the last minute, the older part of them estimated.</param>
public readonly record struct HotKey(GrainKey Key, double TurnsPerMinute);

/// <summary>A turn that took long.</summary>
/// <param name="Key">Whose turn; personal, as in <see cref="HotKey"/>.</param>
/// <param name="Message">The message's kind, a name of this program.</param>
/// <param name="Duration">How long it ran, without waiting for its commit.</param>
/// <param name="At">When it ended.</param>
public readonly record struct SlowTurn(GrainKey Key, string Message, TimeSpan Duration, Instant At);

/// <summary>Someone who receives published effects.</summary>
/// <param name="Id">Names the subscription within its process.</param>
/// <param name="Topic">What it receives.</param>
/// <param name="Lag">Committed effects it was not given yet, of whatever topic where they cannot be told apart.</param>
/// <param name="Since">When it began.</param>
public sealed record SubscriberStatus(long Id, Topic Topic, long Lag, Instant Since);

/// <summary>A process that runs grains.</summary>
/// <param name="Name">Names it among those of the host.</param>
/// <param name="ResidentBytes">Memory it occupies.</param>
/// <param name="HeapBytes">Managed memory in use, with what waits to be collected.</param>
/// <param name="CpuSeconds">Processor time it has used.</param>
/// <param name="GcPauseSeconds">Time it stood still for collections of managed memory.</param>
/// <param name="Started">When it began.</param>
public sealed record ProcessStatus(
    string Name, long ResidentBytes, long HeapBytes, double CpuSeconds, double GcPauseSeconds, Instant Started);
