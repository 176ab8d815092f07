using System.Security.Cryptography;

namespace DToC.Embedded.Sealing;

/// <summary>Wraps keys in keys: nonce of 12 bytes, the key under AES-256-GCM, tag of 16. One thread at a time.</summary>
internal sealed class WrappingKey(ReadOnlySpan<byte> key) : IDisposable
{
    public const int WrappedBytes = NonceBytes + MasterKey.KeyBytes + TagBytes;

    private const int NonceBytes = SealedForm.NonceBytes;
    private const int TagBytes = SealedForm.TagBytes;

    private readonly AesGcm _aes = new(key, TagBytes);

    public void Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context, Span<byte> wrapped)
    {
        RandomNumberGenerator.Fill(wrapped[..NonceBytes]);
        _aes.Encrypt(
            wrapped[..NonceBytes], key, wrapped.Slice(NonceBytes, MasterKey.KeyBytes), wrapped[^TagBytes..], context);
    }

    /// <exception cref="CryptographicException">It was not wrapped by this key, or for another place.</exception>
    public void Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context, Span<byte> key)
    {
        if (wrapped.Length != WrappedBytes) throw new CryptographicException("Not a wrapped key: its length differs.");
        _aes.Decrypt(
            wrapped[..NonceBytes], wrapped.Slice(NonceBytes, MasterKey.KeyBytes), wrapped[^TagBytes..], key, context);
    }

    public void Dispose() => _aes.Dispose();
}
