using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DToC.Twin.State;

/// <summary>
/// What a customer remembers one by that was split off from it, in place of the id: that one is somebody else, and may
/// be erased without anybody knowing where its id has gone. Whoever knows an id can tell whether a mark is of it; the
/// mark does not say the id, and no two splits give the same. 16 hexadecimal digits of salt, and 32 of SHA-256 over the
/// salt (8 bytes, big-endian) and the id: its first 16 bytes.
/// </summary>
public static class PartedMark
{
    private const int SaltBytes = 8;
    private const int HashBytes = 16;

    /// <summary>The mark of a customer.</summary>
    /// <param name="customer">Its id.</param>
    /// <param name="salt">A random number of the split.</param>
    public static string Of(string customer, ulong salt)
    {
        var text = new byte[SaltBytes + Encoding.UTF8.GetByteCount(customer)];
        BinaryPrimitives.WriteUInt64BigEndian(text, salt);
        Encoding.UTF8.GetBytes(customer, text.AsSpan(SaltBytes));
        var hash = SHA256.HashData(text);
        return Convert.ToHexStringLower(text, 0, SaltBytes) + Convert.ToHexStringLower(hash, 0, HashBytes);
    }

    /// <summary>Whether a mark is of a customer.</summary>
    public static bool IsOf(string mark, string customer)
    {
        if (mark == customer) return true; // as the first builds that could split remembered it
        return mark.Length == 2 * (SaltBytes + HashBytes)
            && ulong.TryParse(
                mark.AsSpan(0, 2 * SaltBytes), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out var salt)
            && mark == Of(customer, salt);
    }
}
