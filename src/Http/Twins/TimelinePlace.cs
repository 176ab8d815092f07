using System.Globalization;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin;

namespace DToC.Http.Twins;

/// <summary>
/// Where an entry stands in a timeline: by time of occurrence, then of recording, then by content, so that a
/// page goes on where the last one ended whatever was added or removed meanwhile.
/// </summary>
internal readonly record struct TimelinePlace(Instant OccurredAt, Instant RecordedAt, ulong Content)
    : IComparable<TimelinePlace>
{
    /// <summary>The place of an entry.</summary>
    public static TimelinePlace Of(JournalEntry entry) => new(
        entry.OccurredAt, entry.RecordedAt, StableHash.Of(entry.Payload.Span, (ulong)entry.Kind));

    /// <summary>Reads a place, or a time: the place before all entries of that time.</summary>
    public static bool TryParse(string text, out TimelinePlace place)
    {
        if (InstantJson.TryParse(text, out var time))
        {
            place = new TimelinePlace(time, new Instant(long.MinValue), 0);
            return true;
        }
        place = default;
        var parts = text.Split('.');
        if (parts.Length != 3
            || !long.TryParse(
            parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var occurred)
            || !long.TryParse(
            parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var recorded)
            || !ulong.TryParse(
            parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var content))
        {
            return false;
        }
        place = new TimelinePlace(new Instant(occurred), new Instant(recorded), content);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(TimelinePlace other)
    {
        var byOccurrence = OccurredAt.CompareTo(other.OccurredAt);
        if (byOccurrence != 0) return byOccurrence;
        var byRecording = RecordedAt.CompareTo(other.RecordedAt);
        return byRecording != 0 ? byRecording : Content.CompareTo(other.Content);
    }

    /// <summary>The form <see cref="TryParse"/> reads.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{OccurredAt.UnixMs}.{RecordedAt.UnixMs}.{Content:x16}");
}
