using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using DToC.Twin.Events;

namespace DToC.Twin.State;

internal static class BinaryForm
{
    /// <summary>2^53: whole numbers below are exact as doubles and as integers.</summary>
    public const double WholeBelow = 9_007_199_254_740_992;

    /// <summary>Most bytes of an integer.</summary>
    public const int MaxInteger = 10;

    /// <summary>Most bytes of a double.</summary>
    public const int MaxReal = 9;

    /// <summary>0, -1, 1, -2, 2 ... as 0, 1, 2, 3, 4 ...</summary>
    public static ulong Zigzag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    public static long Unzigzag(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    /// <summary>Writes an integer in groups of seven bits; returns how many bytes it took.</summary>
    public static int Put(Span<byte> span, ulong value)
    {
        if (value < 0x80)
        {
            span[0] = (byte)value;
            return 1;
        }
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[length++] = (byte)value;
        return length;
    }

    /// <summary>Writes a double as <see cref="BinaryFormWriter.Real"/> says; returns how many bytes it took.</summary>
    public static int Put(Span<byte> span, double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        if (bits == 0)
        {
            span[0] = 0;
            return 1;
        }
        if (Math.Abs(value) < WholeBelow && BitConverter.DoubleToUInt64Bits((long)value) == bits)
            return Put(span, Zigzag((long)value) + 2);
        span[0] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(span[1..], bits);
        return MaxReal;
    }
}

/// <summary>Writes the compact little-endian form that states, messages and records are stored in.</summary>
public readonly struct BinaryFormWriter(IBufferWriter<byte> output)
{
    /// <summary>One byte.</summary>
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>An unsigned integer in 1 to 10 bytes (LEB128).</summary>
    public void Unsigned(ulong value) => output.Advance(BinaryForm.Put(output.GetSpan(BinaryForm.MaxInteger), value));

    /// <summary>Each as <see cref="Unsigned"/> writes it, without asking for room each time.</summary>
    public void UnsignedAll(ReadOnlySpan<ulong> values)
    {
        var span = output.GetSpan(values.Length * BinaryForm.MaxInteger);
        var length = 0;
        foreach (var value in values) length += BinaryForm.Put(span[length..], value);
        output.Advance(length);
    }

    /// <summary>
    /// A signed integer: zigzag plus one, so that <see cref="long.MinValue"/> ("missing") takes one byte.
    /// </summary>
    public void Signed(long value) => Unsigned(unchecked(BinaryForm.Zigzag(value) + 1));

    /// <summary>Each as <see cref="Signed"/> writes it, without asking for room each time.</summary>
    public void SignedAll(ReadOnlySpan<long> values)
    {
        var span = output.GetSpan(values.Length * BinaryForm.MaxInteger);
        var length = 0;
        foreach (var value in values)
            length += BinaryForm.Put(span[length..], unchecked(BinaryForm.Zigzag(value) + 1));
        output.Advance(length);
    }

    /// <summary>Eight bytes.</summary>
    public void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    /// <summary>
    /// A double, every bit of it: one byte for zero; a whole number below 2^53 as 2 plus its zigzag, in as few bytes
    /// as that takes; a byte 1 and eight bytes for others. Amounts and counts are whole, so most are short.
    /// </summary>
    public void Real(double value) => output.Advance(BinaryForm.Put(output.GetSpan(BinaryForm.MaxReal), value));

    /// <summary>Each as <see cref="Real"/> writes it, without asking for room each time.</summary>
    public void RealAll(ReadOnlySpan<double> values)
    {
        var span = output.GetSpan(values.Length * BinaryForm.MaxReal);
        var length = 0;
        foreach (var value in values) length += BinaryForm.Put(span[length..], value);
        output.Advance(length);
    }

    /// <summary>Bytes as they are; whoever reads them knows where they end.</summary>
    public void Raw(ReadOnlySpan<byte> value) => output.Write(value);

    /// <summary>Length and bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Unsigned((ulong)value.Length);
        value.CopyTo(output.GetSpan(value.Length));
        output.Advance(value.Length);
    }

    /// <summary>Length and UTF-8.</summary>
    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Unsigned((ulong)length);
        Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
    }

    /// <summary>Bytes of a known length of which most are zero: pairs of a run of zeros and a run of others.</summary>
    public void Sparse(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            var zeros = value.IndexOfAnyExcept((byte)0);
            if (zeros < 0) zeros = value.Length;
            value = value[zeros..];
            var others = RunOfOthers(value);
            Unsigned((ulong)zeros);
            Bytes(value[..others]);
            value = value[others..];
        }
    }

    // A lone zero between others costs less as one of them than as a run of its own.
    private static int RunOfOthers(ReadOnlySpan<byte> value)
    {
        var end = 0;
        while (end < value.Length && !(value[end] == 0 && (end + 1 == value.Length || value[end + 1] == 0))) end++;
        return end;
    }
}

/// <summary>Reads what <see cref="BinaryFormWriter"/> wrote.</summary>
/// <remarks>
/// Every method throws <see cref="InvalidDataException"/> where the bytes end too early or make no sense.
/// </remarks>
public ref struct BinaryFormReader(ReadOnlySpan<byte> bytes)
{
    private const string EndsTooEarly = "The bytes end too early.";
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What is not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>True when all is read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>One byte.</summary>
    public byte Byte()
    {
        if (_rest.IsEmpty) throw new InvalidDataException(EndsTooEarly);
        var next = _rest[0];
        _rest = _rest[1..];
        return next;
    }

    /// <inheritdoc cref="BinaryFormWriter.Unsigned"/>
    public ulong Unsigned()
    {
        var rest = _rest;
        if (rest.IsEmpty || rest[0] >= 0x80) return Long();
        _rest = rest[1..];
        return rest[0];
    }

    /// <summary>Goes past the integers that are the same in two readers; returns how many.</summary>
    internal int SkipSame(ref BinaryFormReader other)
    {
        var end = _rest.CommonPrefixLength(other._rest);
        while (end > 0 && _rest[end - 1] >= 0x80) end--; // the beginning of one that may end otherwise
        var count = 0;
        foreach (var one in _rest[..end]) count += one < 0x80 ? 1 : 0;
        _rest = _rest[end..];
        other._rest = other._rest[end..];
        return count;
    }

    private ulong Long()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new InvalidDataException("An integer has more than ten bytes.");
    }

    /// <inheritdoc cref="BinaryFormWriter.Signed"/>
    public long Signed() => BinaryForm.Unzigzag(unchecked(Unsigned() - 1));

    /// <summary>A count of at most <paramref name="limit"/>.</summary>
    public int Count(int limit)
    {
        var value = Unsigned();
        return value <= (ulong)limit
            ? (int)value
            : throw new InvalidDataException($"A count of {value} is over its limit of {limit}.");
    }

    /// <inheritdoc cref="BinaryFormWriter.Fixed"/>
    public ulong Fixed() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <inheritdoc cref="BinaryFormWriter.Real"/>
    public double Real() => Unsigned() switch
    {
        0 => 0,
        1 => BitConverter.UInt64BitsToDouble(Fixed()),
        var whole => BinaryForm.Unzigzag(whole - 2),
    };

    /// <inheritdoc cref="BinaryFormWriter.Bytes"/>
    public ReadOnlySpan<byte> Bytes() => Take(Count(_rest.Length));

    /// <inheritdoc cref="BinaryFormWriter.Text"/>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>A text that often is one of a few; those are not made anew.</summary>
    public string Text(Utf8Names known) => known.TextOf(Bytes());

    /// <summary>A byte that stands for one of an enumeration's values 0 to <paramref name="last"/>.</summary>
    public byte Choice(int last)
    {
        var value = Byte();
        return value <= last
            ? value
            : throw new InvalidDataException($"A choice of {value} is not known; the last is {last}.");
    }

    /// <summary>Checks that nothing follows.</summary>
    public readonly void End()
    {
        if (!AtEnd) throw new InvalidDataException($"{_rest.Length} bytes follow the end.");
    }

    /// <inheritdoc cref="BinaryFormWriter.Sparse"/>
    public void Sparse(Span<byte> into)
    {
        into.Clear();
        while (!into.IsEmpty)
        {
            into = into[Count(into.Length)..];
            var others = Bytes();
            if (others.Length > into.Length) throw new InvalidDataException("A run of bytes is longer than its place.");
            others.CopyTo(into);
            into = into[others.Length..];
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count) throw new InvalidDataException(EndsTooEarly);
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
