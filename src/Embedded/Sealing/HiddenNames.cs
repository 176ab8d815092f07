using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DToC.Grains;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Names of rows that are identifiers of people: in place of such a name lies a keyed hash of it (HMAC-SHA-256, RFC
/// 2104, cut to 16 bytes), and the name itself is sealed with the value, before it. Looked up by the whole name alone,
/// they are found by one probe as others are; listed in their order, all of a table are read.
/// </summary>
internal sealed class HiddenNames(byte[] key)
{
    private const char Mark = '\u0001'; // no name of an identifier begins with it
    private const int HashBytes = 16;
    private const int LengthBytes = 2;

    /// <summary>Whether a grain's rows have names to hide.</summary>
    public static bool Are(GrainKind kind) => kind is GrainKind.Identity or GrainKind.Probe;

    /// <summary>What lies in place of a name.</summary>
    public string Of(GrainKey grain, string row)
    {
        Span<byte> place = stackalloc byte[SealPlace.MostBytes];
        Span<byte> name = stackalloc byte[SealPlace.MostBytes];
        var bound = SealPlace.OfRow(place, grain, name[..Encoding.UTF8.GetBytes(row, name)]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bound, hash);
        return Mark + Base64Url.EncodeToString(hash[..HashBytes]);
    }

    /// <summary>Whether a stored name stands for a hidden one.</summary>
    public static bool IsHidden(ReadOnlySpan<byte> storedName) => !storedName.IsEmpty && storedName[0] == Mark;

    /// <summary>Name and value as they are sealed together.</summary>
    public static byte[] Join(string row, ReadOnlySpan<byte> value)
    {
        var length = Encoding.UTF8.GetByteCount(row);
        var joined = new byte[LengthBytes + length + value.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(joined, (ushort)length);
        Encoding.UTF8.GetBytes(row, joined.AsSpan(LengthBytes));
        value.CopyTo(joined.AsSpan(LengthBytes + length));
        return joined;
    }

    /// <summary>The opposite of <see cref="Join"/>.</summary>
    public static (string Row, ReadOnlyMemory<byte> Value) Split(ReadOnlyMemory<byte> joined)
    {
        var end = LengthBytes + BinaryPrimitives.ReadUInt16LittleEndian(joined.Span);
        return (Encoding.UTF8.GetString(joined.Span[LengthBytes..end]), joined[end..]);
    }
}
