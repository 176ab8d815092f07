using System.Buffers.Binary;
using System.Text;

namespace DToC.Learn.Import;

/// <summary>
/// A message of protocol buffers, as it is on the wire: fields by number, in the order written
/// (protobuf.dev/programming-guides/encoding). Enough to read ONNX, whose few messages need no compiler.
/// </summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;
    private const int MaxFields = 4_000_000;

    private readonly List<(int Number, int Wire, ulong Value, ReadOnlyMemory<byte> Bytes, int Place)> _fields = [];

    /// <summary>Reads the fields of a message.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="what">What it is, for errors.</param>
    /// <param name="start">Where it starts in the file.</param>
    public ProtoMessage(ReadOnlyMemory<byte> bytes, string what, int start = 0)
    {
        What = what;
        var cursor = new ByteCursor(bytes, start);
        while (cursor.Left > 0)
        {
            if (_fields.Count == MaxFields) throw new InvalidDataException($"{what}: more than {MaxFields} fields.");
            var tag = ReadVarint(cursor, what);
            var (number, wire) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
            if (number == 0) throw new InvalidDataException($"Byte {cursor.Place}: {what} has a field 0.");
            var (value, taken, place) = (0ul, ReadOnlyMemory<byte>.Empty, cursor.Place);
            switch (wire)
            {
                case Varint:
                    value = ReadVarint(cursor, what);
                    break;
                case Fixed64:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(cursor.Take(8, what));
                    break;
                case Fixed32:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(cursor.Take(4, what));
                    break;
                case Bytes:
                    var length = ReadVarint(cursor, what);
                    place = cursor.Place;
                    taken = cursor.TakeMemory((long)Math.Min(length, long.MaxValue), what);
                    break;
                default:
                    throw new InvalidDataException($"Byte {cursor.Place}: {what} has an unknown wire type {wire}.");
            }
            _fields.Add((number, wire, value, taken, place));
        }
    }

    /// <summary>What it is, for errors.</summary>
    public string What { get; }

    /// <summary>Whether it has a field.</summary>
    public bool Has(int number) => _fields.Exists(f => f.Number == number);

    /// <summary>A whole number; 0 when there is none.</summary>
    public long Integer(int number) => (long)_fields.LastOrDefault(f => f.Number == number && f.Wire == Varint).Value;

    /// <summary>A number of 32 bits; 0 when there is none.</summary>
    public float Single(int number) => BitConverter.UInt32BitsToSingle(
        (uint)_fields.LastOrDefault(f => f.Number == number && f.Wire == Fixed32).Value);

    /// <summary>A text; empty when there is none.</summary>
    public string Text(int number) => Encoding.UTF8.GetString(Raw(number).Span);

    /// <summary>Bytes; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Raw(int number) =>
        _fields.LastOrDefault(f => f.Number == number && f.Wire == Bytes).Bytes;

    /// <summary>Texts, in order.</summary>
    public IReadOnlyList<string> Texts(int number) =>
        [.. Of(number).Select(f => Encoding.UTF8.GetString(f.Bytes.Span))];

    /// <summary>Messages, in order.</summary>
    public IReadOnlyList<ProtoMessage> Messages(int number, string what) =>
        [.. Of(number).Select(f => new ProtoMessage(f.Bytes, what, f.Place))];

    /// <summary>A message, or null.</summary>
    public ProtoMessage? MessageOrNull(int number, string what) =>
        Of(number).LastOrDefault() is { Number: > 0 } found ? new ProtoMessage(found.Bytes, what, found.Place) : null;

    /// <summary>Whole numbers, each in a field of its own or packed in one.</summary>
    public long[] Integers(int number)
    {
        var values = new List<long>();
        foreach (var (_, wire, value, bytes, place) in _fields.Where(f => f.Number == number))
        {
            if (wire == Varint) values.Add((long)value);
            if (wire != Bytes) continue;
            var cursor = new ByteCursor(bytes, place);
            while (cursor.Left > 0) values.Add((long)ReadVarint(cursor, What));
        }
        return [.. values];
    }

    /// <summary>Numbers of 32 bits, each in a field of its own or packed in one.</summary>
    public double[] Singles(int number)
    {
        var values = new List<double>();
        foreach (var (_, wire, value, bytes, place) in _fields.Where(f => f.Number == number))
        {
            if (wire == Fixed32) values.Add(BitConverter.UInt32BitsToSingle((uint)value));
            if (wire != Bytes) continue;
            var cursor = new ByteCursor(bytes, place);
            while (cursor.Left > 0) values.Add(cursor.Single(What));
        }
        return [.. values];
    }

    private IEnumerable<(int Number, int Wire, ulong Value, ReadOnlyMemory<byte> Bytes, int Place)> Of(int number) =>
        _fields.Where(f => f.Number == number && f.Wire == Bytes);

    private static ulong ReadVarint(ByteCursor cursor, string what)
    {
        var value = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = cursor.Byte(what);
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        throw new InvalidDataException($"Byte {cursor.Place}: {what} has a number of more than 64 bits.");
    }
}
