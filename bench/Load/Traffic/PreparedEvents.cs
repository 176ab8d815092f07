using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Load.Traffic;

/// <summary>Events ready to be sent, one behind the other in one piece of memory.</summary>
/// <param name="Bytes">Their JSON.</param>
/// <param name="Ends">Where each ends.</param>
/// <param name="Customers">Whose each is.</param>
internal sealed record PreparedEvents(ReadOnlyMemory<byte> Bytes, int[] Ends, string[] Customers)
{
    public int Count => Ends.Length;

    /// <summary>The JSON of an event.</summary>
    public ReadOnlyMemory<byte> Json(int index) => Bytes[(index == 0 ? 0 : Ends[index - 1])..Ends[index]];

    /// <summary>Reads all of them.</summary>
    public TouchpointEvent[] Read(EventReader reader, Instant now)
    {
        var events = new TouchpointEvent[Count];
        for (var i = 0; i < events.Length; i++) events[i] = Read(reader, Json(i), now);
        return events;
    }

    /// <summary>Reads one, which must be sound.</summary>
    public static TouchpointEvent Read(EventReader reader, ReadOnlyMemory<byte> json, Instant now) =>
        reader.Read(json, now) switch
        {
            EventReading.Read read => read.Event,
            EventReading.Rejected rejected => throw new InvalidDataException($"{rejected.Field}: {rejected.Message}"),
            var other => throw new InvalidOperationException($"{other}"),
        };
}
