using System.Security.Cryptography;

namespace DToC.Embedded.Sealing;

/// <summary>
/// A key ready for use. The cipher beneath is one thread's at a time; whoever finds it closed looks for the key anew.
/// </summary>
internal sealed class KeyHandle(long id, ReadOnlySpan<byte> key)
{
    private readonly AesGcm _aes = new(key, SealedForm.TagBytes);
    private bool _isClosed;

    public long Id => id;

    /// <summary>Used since the eviction hand passed.</summary>
    public bool Referenced { get; set; } = true;

    /// <summary>Place in the eviction ring.</summary>
    public int Slot { get; set; }

    /// <summary>False when it is closed, and nothing was done.</summary>
    public bool TryEncrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> cipher, Span<byte> tag, ReadOnlySpan<byte> place)
    {
        lock (_aes)
        {
            if (_isClosed) return false;
            _aes.Encrypt(nonce, plain, cipher, tag, place);
            return true;
        }
    }

    /// <inheritdoc cref="TryEncrypt"/>
    /// <exception cref="CryptographicException">The bytes are not what was sealed for this place.</exception>
    public bool TryDecrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> tag, Span<byte> plain,
        ReadOnlySpan<byte> place)
    {
        lock (_aes)
        {
            if (_isClosed) return false;
            _aes.Decrypt(nonce, cipher, tag, plain, place);
            return true;
        }
    }

    public void Close()
    {
        lock (_aes)
        {
            _isClosed = true;
            _aes.Dispose();
        }
    }
}
