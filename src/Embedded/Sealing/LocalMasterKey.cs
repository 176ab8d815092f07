using System.Security.Cryptography;

namespace DToC.Embedded.Sealing;

/// <summary>A master key that is at hand: AES-256-GCM with a random nonce.</summary>
public sealed class LocalMasterKey : MasterKey
{
    private readonly byte[] _key;

    /// <param name="key">32 bytes; copied.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public LocalMasterKey(ReadOnlySpan<byte> key) => _key = key.Length == KeyBytes
        ? key.ToArray()
        : throw new ArgumentException($"A master key has {KeyBytes} bytes; this has {key.Length}.", nameof(key));

    /// <inheritdoc/>
    public override byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context)
    {
        using var wrapping = new WrappingKey(_key);
        var wrapped = new byte[WrappingKey.WrappedBytes];
        wrapping.Wrap(key, context, wrapped);
        return wrapped;
    }

    /// <inheritdoc/>
    public override byte[] Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context)
    {
        using var wrapping = new WrappingKey(_key);
        var key = new byte[KeyBytes];
        wrapping.Unwrap(wrapped, context, key);
        return key;
    }
}
