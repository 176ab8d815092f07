using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DToC.Http.Delivery.Webhooks;

/// <summary>
/// Secrets and signatures of the Standard Webhooks specification (https://www.standardwebhooks.com, version 1.0.0):
/// <c>v1,</c> and the base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.
/// </summary>
internal static class SigningSecret
{
    /// <summary>What a secret's text begins with.</summary>
    public const string Prefix = "whsec_";

    /// <summary>Fewest bytes of a secret.</summary>
    public const int MinBytes = 24;

    /// <summary>Most bytes of a secret.</summary>
    public const int MaxBytes = 64;

    private const int NewBytes = 32;

    /// <summary>A new secret.</summary>
    public static byte[] New() => RandomNumberGenerator.GetBytes(NewBytes);

    /// <summary>A secret's text, as receivers take it.</summary>
    public static string TextOf(ReadOnlySpan<byte> secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The bytes of a secret's text; null when it is none.</summary>
    public static byte[]? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        Span<byte> bytes = stackalloc byte[MaxBytes + 3];
        return Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length)
            && length is >= MinBytes and <= MaxBytes ? bytes[..length].ToArray() : null;
    }

    /// <summary>The value of the header <c>webhook-signature</c>: a signature a secret, with a space between.</summary>
    public static string Sign(
        IEnumerable<ReadOnlyMemory<byte>> secrets, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}."));
        byte[] signed = [.. head, .. body];
        return string.Join(' ', secrets.Select(secret =>
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret.Span, signed))));
    }
}
