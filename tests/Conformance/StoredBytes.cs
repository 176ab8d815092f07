using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>
/// Writes numbers as zigzag varints (7 bits a byte, low first) and text with its length before it.
/// </summary>
internal sealed class StoredWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Number(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7) Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Hash(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void Time(Instant value) => Number(value.UnixMs);

    public void Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        output.Write(Encoding.UTF8.GetBytes(value));
    }

    public void Rest(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    public void Mark(ProbeMark mark)
    {
        Time(mark.At);
        Hash(mark.Hash);
    }

    public void Table(SortedDictionary<string, long> table)
    {
        Number(table.Count);
        foreach (var (name, value) in table)
        {
            Text(name);
            Number(value);
        }
    }
}

/// <summary>Reads what <see cref="StoredWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">From every member: the bytes end too early.</exception>
internal ref struct StoredReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly void End()
    {
        if (!_rest.IsEmpty) throw new InvalidDataException($"{_rest.Length} bytes are left after the end.");
    }

    public byte Byte() => Take(1)[0];

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }
        throw new InvalidDataException("A number has more than 10 bytes.");
    }

    public ulong Hash() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public Instant Time() => new(Number());

    public string Text() => Encoding.UTF8.GetString(Take(Length()));

    public ProbeMark Mark() => new(Time(), Hash());

    public byte[] Bytes() => Take(Length()).ToArray();

    /// <summary>The rest, not copied, of the bytes this reader was given.</summary>
    public readonly ReadOnlyMemory<byte> RestOf(byte[] all) => all.AsMemory(all.Length - _rest.Length);

    public byte[] Rest() => Take(_rest.Length).ToArray();

    public int Length()
    {
        var length = Number();
        return length >= 0 && length <= _rest.Length
            ? (int)length
            : throw new InvalidDataException($"A length of {length} with {_rest.Length} bytes left.");
    }

    public void Table(SortedDictionary<string, long> table)
    {
        for (var left = Length(); left > 0; left--) table.Add(Text(), Number());
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count) throw new InvalidDataException($"{count} bytes wanted of {_rest.Length}.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
