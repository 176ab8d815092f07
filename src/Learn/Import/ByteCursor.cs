using System.Buffers.Binary;
using System.Text;

namespace DToC.Learn.Import;

/// <summary>Reads bytes from front to back, never past their end: what is not there is refused by its place.</summary>
internal sealed class ByteCursor
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>At the start of these bytes.</summary>
    /// <param name="bytes">What is read.</param>
    /// <param name="start">Where they start in the file, for errors.</param>
    public ByteCursor(ReadOnlyMemory<byte> bytes, int start = 0) => (_bytes, Start) = (bytes, start);

    /// <summary>Bytes read.</summary>
    public int At { get; private set; }

    /// <summary>Bytes left.</summary>
    public int Left => _bytes.Length - At;

    private int Start { get; }

    /// <summary>The place of the next byte in the file.</summary>
    public int Place => Start + At;

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(long count, string what) => TakeMemory(count, what).Span;

    /// <summary>The next bytes, to be kept.</summary>
    public ReadOnlyMemory<byte> TakeMemory(long count, string what)
    {
        if (count < 0 || count > Left)
            throw new InvalidDataException($"Byte {Place}: {what} takes {count} bytes; {Left} are left.");
        var taken = _bytes.Slice(At, (int)count);
        At += (int)count;
        return taken;
    }

    /// <summary>The next byte.</summary>
    public byte Byte(string what) => Take(1, what)[0];

    /// <summary>The next byte, which stays.</summary>
    public byte Peek(string what) => Left > 0
        ? _bytes.Span[At]
        : throw new InvalidDataException($"Byte {Place}: {what} is missing.");

    /// <summary>A whole number of 32 bits, the least byte first.</summary>
    public int Int32(string what) => BinaryPrimitives.ReadInt32LittleEndian(Take(4, what));

    /// <summary>A whole number of 32 bits from 0, the least byte first, within bounds.</summary>
    public int Count(string what, int max)
    {
        var place = Place;
        var count = Int32(what);
        return count >= 0 && count <= max
            ? count
            : throw new InvalidDataException($"Byte {place}: {what} is {count}; 0 to {max} go.");
    }

    /// <summary>A number of 32 bits, the least byte first.</summary>
    public float Single(string what) => BinaryPrimitives.ReadSingleLittleEndian(Take(4, what));

    /// <summary>A length of 64 bits, the least byte first, within bounds.</summary>
    public int Length(string what, int max)
    {
        var place = Place;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));
        return length <= (ulong)max
            ? (int)length
            : throw new InvalidDataException($"Byte {place}: {what} is {length} long; at most {max} go.");
    }

    /// <summary>A text after its length of 64 bits.</summary>
    public string Text(string what, int max) => Encoding.UTF8.GetString(Take(Length(what, max), what));
}
