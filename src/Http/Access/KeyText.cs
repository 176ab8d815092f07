using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DToC.Http.Access;

/// <summary>The text of a key: <c>dtoc_ID_SECRET</c>. Only its hash is kept.</summary>
internal static class KeyText
{
    /// <summary>Longest text that is looked at.</summary>
    public const int MaxChars = 512;

    private const string Prefix = "dtoc_";
    private const int SecretBytes = 32;
    private const int IdBytes = 6;

    /// <summary>A new key: its id and its text.</summary>
    public static (string Id, string Text) Create() =>
        Create(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)));

    /// <summary>A new key with a given id.</summary>
    public static (string Id, string Text) Create(string id) =>
        (id, $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}");

    /// <summary>The id in a text, or null when it has none.</summary>
    public static string? IdOf(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var end = text.IndexOf('_', Prefix.Length);
        return end <= Prefix.Length ? null : text[Prefix.Length..end];
    }

    /// <summary>SHA-256 of a text.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
