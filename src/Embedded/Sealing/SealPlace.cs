using System.Buffers.Binary;
using System.Text;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Where sealed bytes belong: what they are bound to (the associated data), so that they cannot be opened in another
/// row. That is the table and every column that a row keeps for good; its number and its place in a chain are not
/// among them, as both are given anew when a folder is spread over another number of files.
/// </summary>
internal ref struct SealPlace
{
    private readonly Span<byte> _bytes;
    private int _length;

    private SealPlace(Span<byte> bytes, char table)
    {
        _bytes = bytes;
        _bytes[0] = (byte)table;
        _length = 1;
    }

    /// <summary>Bytes that the longest place takes.</summary>
    public const int MostBytes = 1_024;

    private readonly ReadOnlySpan<byte> Bytes => _bytes[.._length];

    public static ReadOnlySpan<byte> OfGrain(Span<byte> into, GrainKey key, long version, long nowMs)
    {
        var place = new SealPlace(into, 'g');
        place.Add(key);
        place.Add(version);
        place.Add(nowMs);
        return place.Bytes;
    }

    /// <summary>Of a journal entry, whose payload is not looked at.</summary>
    public static ReadOnlySpan<byte> OfJournal(Span<byte> into, GrainKey key, JournalEntry entry)
    {
        var place = new SealPlace(into, 'j');
        place.Add(key);
        place.Add((long)entry.Kind);
        place.Add(entry.OccurredAt.UnixMs);
        place.Add(entry.RecordedAt.UnixMs);
        place.Add(entry.KeepUntil.UnixMs);
        place.Add(unchecked((long)entry.Seed));
        place.Add(unchecked((long)entry.PlanHash));
        return place.Bytes;
    }

    public static ReadOnlySpan<byte> OfRow(Span<byte> into, GrainKey key, scoped ReadOnlySpan<byte> row)
    {
        var place = new SealPlace(into, 'r');
        place.Add(key);
        row.CopyTo(place._bytes[place._length..]);
        place._length += row.Length;
        return place.Bytes;
    }

    public static ReadOnlySpan<byte> OfOutbox(
        Span<byte> into, GrainKey sender, long sequence, Topic topic, Instant recorded)
    {
        var place = new SealPlace(into, 'o');
        place.Add(sender);
        place.Add(sequence);
        place.Add((long)topic);
        place.Add(recorded.UnixMs);
        return place.Bytes;
    }

    public static ReadOnlySpan<byte> OfSend(Span<byte> into, GrainKey sender, long sequence, GrainKey target)
    {
        var place = new SealPlace(into, 's');
        place.Add(sender);
        place.Add(sequence);
        place.Add(target);
        return place.Bytes;
    }

    private void Add(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes[_length..], value);
        _length += sizeof(long);
    }

    // With its length before it, so that no key can lend bytes to its neighbour.
    private void Add(GrainKey key)
    {
        var written = Encoding.UTF8.GetBytes(key.Id, _bytes[(_length + 3)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes[_length..], (ushort)written);
        _bytes[_length + 2] = (byte)key.Kind;
        _length += 3 + written;
    }
}
