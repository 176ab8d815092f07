using DToC.Twin.Events;

namespace DToC.Http.Events;

/// <summary>An event as it came in, not yet read.</summary>
/// <param name="Json">Its bytes; they stay as they are until it is answered.</param>
/// <param name="Line">Its line in a stream, from 1; 0 elsewhere.</param>
/// <param name="Refusal">Why it is refused unread, or null.</param>
internal readonly record struct IncomingEvent(
    ReadOnlyMemory<byte> Json, long Line, EventReading.Rejected? Refusal);
