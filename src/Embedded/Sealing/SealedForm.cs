using System.Buffers.Binary;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Sealed bytes as they are stored: a mark, the length of the key's id, the id (its little-endian bytes without zeros
/// at the end), a nonce of 12 bytes, the ciphertext, a tag of 16 (AES-256-GCM; NIST SP 800-38D). The whole content of
/// a row lies inside, a grain's own envelope included. The mark is no number that a grain's stored form begins with:
/// those count their formats from 1, and roots of tables have no envelope.
/// </summary>
internal static class SealedForm
{
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    /// <summary>Most bytes that sealing adds.</summary>
    public const int MostOverhead = 2 + sizeof(long) + NonceBytes + TagBytes;

    /// <summary>The first byte of sealed bytes.</summary>
    public const byte Mark = 0x81;

    public static bool IsSealed(ReadOnlySpan<byte> stored) => !stored.IsEmpty && stored[0] == Mark;

    /// <summary>The id of the key that stored bytes are sealed with; 0 for plain or unsound ones.</summary>
    public static long KeyOf(ReadOnlySpan<byte> stored) =>
        IsSealed(stored) && HeadOf(stored) is > 0 and var head ? IdOf(stored[2..head]) : 0;

    /// <summary>Length of mark and key id; 0 when the bytes are too short to be sealed ones.</summary>
    public static int HeadOf(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < 2 || stored[1] is < 1 or > sizeof(long)) return 0;
        var head = 2 + stored[1];
        return stored.Length >= head + NonceBytes + TagBytes ? head : 0;
    }

    /// <summary>Writes mark and key id; returns their length.</summary>
    public static int WriteHead(long key, Span<byte> into)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into[2..], key);
        var length = (71 - long.LeadingZeroCount(key)) / 8;
        into[0] = Mark;
        into[1] = (byte)length;
        return 2 + (int)length;
    }

    private static long IdOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> all = stackalloc byte[sizeof(long)];
        all.Clear();
        bytes.CopyTo(all);
        return BinaryPrimitives.ReadInt64LittleEndian(all);
    }
}
