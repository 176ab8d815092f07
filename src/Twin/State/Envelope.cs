using System.Buffers;

namespace DToC.Twin.State;

/// <summary>
/// The one codec all personal bytes pass before they are stored: a format byte, a key id, the bytes. The only key
/// is the plain one (empty id, bytes as they are): a host that encrypts seals whole rows, this envelope inside.
/// </summary>
public static class Envelope
{
    /// <summary>First byte of format 1.</summary>
    public const byte Format = 1;

    /// <summary>Bytes an envelope adds around plain bytes.</summary>
    public const int PlainOverhead = 2;

    /// <summary>Wraps bytes under the plain key.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> bytes)
    {
        var sealedBytes = new byte[bytes.Length + PlainOverhead];
        sealedBytes[0] = Format;
        bytes.CopyTo(sealedBytes.AsSpan(PlainOverhead));
        return sealedBytes;
    }

    /// <summary>Writes the head of a plain envelope; the bytes follow.</summary>
    public static void BeginPlain(IBufferWriter<byte> output)
    {
        var head = output.GetSpan(PlainOverhead);
        head[0] = Format;
        head[1] = 0;
        output.Advance(PlainOverhead);
    }

    /// <summary>The bytes inside.</summary>
    /// <exception cref="InvalidDataException">Another format, a
    /// key that is not at hand, or not an envelope.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> sealedBytes)
    {
        CheckHead(sealedBytes);
        return sealedBytes[PlainOverhead..];
    }

    /// <inheritdoc cref="Open(ReadOnlySpan{byte})"/>
    public static ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> sealedBytes)
    {
        CheckHead(sealedBytes.Span);
        return sealedBytes[PlainOverhead..];
    }

    private static void CheckHead(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < PlainOverhead || sealedBytes[0] != Format)
        {
            throw new InvalidDataException(
                "The bytes are not an envelope of format 1; they were damaged or written by a newer version.");
        }
        if (sealedBytes[1] != 0)
        {
            throw new InvalidDataException(
                "The envelope names a key that is not at hand; this version knows the plain key alone.");
        }
    }
}
