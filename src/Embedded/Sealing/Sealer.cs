using System.Security.Cryptography;

namespace DToC.Embedded.Sealing;

/// <summary>Seals rows for one writer, into memory that it uses again.</summary>
internal sealed class Sealer(Seals seals)
{
    private const int NoncesAtOnce = 64;

    private readonly byte[] _nonces = new byte[NoncesAtOnce * SealedForm.NonceBytes];
    private byte[] _sealed = new byte[4_096];
    private int _nextNonce = NoncesAtOnce;

    /// <summary>Seals bytes for a place.</summary>
    /// <param name="key">Whose key; 0 to leave them as they are.</param>
    /// <param name="place">The row they are for.</param>
    /// <param name="plain">The bytes.</param>
    /// <returns>What to write; valid until the next call.</returns>
    /// <exception cref="Storage.StoreException">The key was destroyed, or the vault could not be read.</exception>
    public ReadOnlySpan<byte> Seal(long key, scoped ReadOnlySpan<byte> place, ReadOnlySpan<byte> plain)
    {
        if (key == 0) return plain;
        if (_sealed.Length < plain.Length + SealedForm.MostOverhead)
            _sealed = new byte[Math.Max(2 * _sealed.Length, plain.Length + SealedForm.MostOverhead)];
        var head = SealedForm.WriteHead(key, _sealed);
        var nonce = _sealed.AsSpan(head, SealedForm.NonceBytes);
        NextNonce().CopyTo(nonce);
        var cipher = _sealed.AsSpan(head + SealedForm.NonceBytes, plain.Length);
        var end = head + SealedForm.NonceBytes + plain.Length;
        while (!seals.HandleOf(key).TryEncrypt(
            nonce, plain, cipher, _sealed.AsSpan(end, SealedForm.TagBytes), place))
        {
            // Closed since it was found.
        }
        return _sealed.AsSpan(0, end + SealedForm.TagBytes);
    }

    /// <summary>Drawn in blocks: asking for 12 bytes costs about as much as for some hundred.</summary>
    private ReadOnlySpan<byte> NextNonce()
    {
        if (_nextNonce == NoncesAtOnce)
        {
            RandomNumberGenerator.Fill(_nonces);
            _nextNonce = 0;
        }
        return _nonces.AsSpan(SealedForm.NonceBytes * _nextNonce++, SealedForm.NonceBytes);
    }
}
