using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Storage;

/// <summary>
/// A checksum over a row's columns, kept beside them: CRC-32C (Castagnoli; RFC 3720, appendix B.4), which processors
/// have an instruction for. SQLite checks the form of its pages, not their content; a flipped bit in a state would be
/// read as another state. The length of every blob goes in before it, so that none can lend bytes to its neighbour.
/// </summary>
internal struct RowChecksum
{
    private uint _crc;

    private RowChecksum(byte table) => _crc = BitOperations.Crc32C(~0U, table);

    private readonly long Value => ~_crc;

    public static long OfGrain(
        long id, long version, long nowMs, long journalHead, ReadOnlySpan<byte> state, ReadOnlySpan<byte> key)
    {
        var sum = new RowChecksum((byte)'g');
        sum.Add(id);
        sum.Add(version);
        sum.Add(nowMs);
        sum.Add(journalHead);
        sum.Add(state);
        sum.Add(key);
        return sum.Value;
    }

    public static long OfGrain(
        long id, long version, long nowMs, long journalHead, ReadOnlySpan<byte> state, GrainKey key)
    {
        Span<byte> buffer = stackalloc byte[1 + GrainKey.MaxIdBytes];
        return OfGrain(id, version, nowMs, journalHead, state, Write(key, buffer));
    }

    public static long OfJournal(long seq, long previous, JournalEntry entry, ReadOnlySpan<byte> key) =>
        OfJournal(seq, previous, entry, entry.Payload.Span, key);

    /// <summary>Of a row with another payload than the entry's: it is stored sealed.</summary>
    public static long OfJournal(
        long seq, long previous, JournalEntry entry, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> key)
    {
        var sum = new RowChecksum((byte)'j');
        sum.Add(seq);
        sum.Add(previous);
        sum.Add((long)entry.Kind);
        sum.Add(entry.OccurredAt.UnixMs);
        sum.Add(entry.RecordedAt.UnixMs);
        sum.Add(entry.KeepUntil.UnixMs);
        sum.Add((long)entry.Seed);
        sum.Add((long)entry.PlanHash);
        sum.Add(payload);
        sum.Add(key);
        return sum.Value;
    }

    public static long OfJournal(long seq, long previous, JournalEntry entry, GrainKey key) =>
        OfJournal(seq, previous, entry, entry.Payload.Span, key);

    /// <inheritdoc cref="OfJournal(long, long, JournalEntry, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static long OfJournal(
        long seq, long previous, JournalEntry entry, ReadOnlySpan<byte> payload, GrainKey key)
    {
        Span<byte> buffer = stackalloc byte[1 + GrainKey.MaxIdBytes];
        return OfJournal(seq, previous, entry, payload, Write(key, buffer));
    }

    public static long OfRow(GrainKey key, ReadOnlySpan<byte> row, ReadOnlySpan<byte> value)
    {
        Span<byte> buffer = stackalloc byte[1 + GrainKey.MaxIdBytes];
        var sum = new RowChecksum((byte)'r');
        sum.Add(Write(key, buffer));
        sum.Add(row);
        sum.Add(value);
        return sum.Value;
    }

    public static long OfOutbox(OutboxRow row, Instant recorded) => OfOutbox(row, recorded, row.Payload.Span);

    /// <summary>Of a row with another payload: it is stored sealed.</summary>
    public static long OfOutbox(OutboxRow row, Instant recorded, ReadOnlySpan<byte> payload)
    {
        Span<byte> buffer = stackalloc byte[1 + GrainKey.MaxIdBytes];
        var sum = new RowChecksum((byte)'o');
        sum.Add(row.Seq);
        sum.Add((long)row.Topic);
        sum.Add(recorded.UnixMs);
        sum.Add(Write(row.Sender, buffer));
        sum.Add(row.Sequence);
        sum.Add(payload);
        return sum.Value;
    }

    public static long OfSend(SendRow row) => OfSend(row, row.Message.Span);

    /// <summary>Of a row with another message: it is stored sealed.</summary>
    public static long OfSend(SendRow row, ReadOnlySpan<byte> message)
    {
        Span<byte> buffer = stackalloc byte[1 + GrainKey.MaxIdBytes];
        var sum = new RowChecksum((byte)'s');
        sum.Add(row.Seq);
        sum.Add(Write(row.Sender, buffer));
        sum.Add(row.Sequence);
        sum.Add(Write(row.Target, buffer));
        sum.Add(message);
        return sum.Value;
    }

    private static ReadOnlySpan<byte> Write(GrainKey key, Span<byte> buffer)
    {
        buffer[0] = (byte)key.Kind;
        return buffer[..(1 + Encoding.UTF8.GetBytes(key.Id, buffer[1..]))];
    }

    private void Add(long value) => _crc = BitOperations.Crc32C(_crc, (ulong)value);

    private void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = BitOperations.Crc32C(_crc, (ulong)bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        _crc = crc;
    }
}
