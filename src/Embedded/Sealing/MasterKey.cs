using System.Security.Cryptography;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Sealing;

/// <summary>
/// What a folder's keys are kept under. It is asked once at start, for the vault's wrapping key, which in turn wraps
/// each customer's: so a key service, reached over a network, is not asked for every customer. A key service derives
/// from this; what a file or an environment variable holds is <see cref="LocalMasterKey"/>.
/// </summary>
public abstract class MasterKey
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Environment variable with the key itself.</summary>
    public const string Variable = "DTOC_MASTER_KEY";

    /// <summary>Environment variable with the name of a file that holds the key.</summary>
    public const string FileVariable = "DTOC_MASTER_KEY_FILE";

    /// <summary>Wraps a key of <see cref="KeyBytes"/> bytes, so that only this master key opens it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="context">
    /// Where it belongs, at most 100 bytes: the same is given to <see cref="Unwrap"/>, which must refuse another.
    /// </param>
    /// <exception cref="CryptographicException">The key service did not do it.</exception>
    public abstract byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context);

    /// <summary>Opens what <see cref="Wrap"/> gave.</summary>
    /// <exception cref="CryptographicException">It was wrapped by another master key, for another place, or is not
    /// what was given.</exception>
    public abstract byte[] Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context);

    /// <summary>Reads a key written as 64 hexadecimal digits or as base64 of 32 bytes.</summary>
    /// <param name="text">The text; white space around it is left out.</param>
    /// <param name="source">Where it comes from, for the message.</param>
    /// <exception cref="DataFolderException">It is no key of 32 bytes.</exception>
    public static MasterKey FromText(string text, string source)
    {
        text = text.Trim();
        Span<byte> key = stackalloc byte[KeyBytes];
        var isHex = text.Length == 2 * KeyBytes && text.AsSpan().IndexOfAnyExcept("0123456789abcdefABCDEF") < 0;
        if (isHex) Convert.FromHexString(text, key, out _, out _);
        else if (!Convert.TryFromBase64String(text, key, out var length) || length != KeyBytes)
        {
            throw new DataFolderException(
                $"{source} is no master key: it is 32 bytes as 64 hexadecimal digits or as base64, for example "
                + "from 'openssl rand -base64 32'.");
        }
        return new LocalMasterKey(key);
    }

    /// <summary>Reads the key that a file holds, in the form of <see cref="FromText"/>.</summary>
    /// <exception cref="DataFolderException">The file cannot be read, or holds no key.</exception>
    public static MasterKey FromFile(string path)
    {
        try
        {
            return FromText(File.ReadAllText(path), $"'{path}'");
        }
        catch (Exception exception) when (
            exception is IOException and not DataFolderException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The master key '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The key that the environment names; null when it names none.</summary>
    /// <exception cref="DataFolderException">It names two, or what is no key.</exception>
    public static MasterKey? FromEnvironment()
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        var file = Environment.GetEnvironmentVariable(FileVariable);
        return (string.IsNullOrEmpty(text), string.IsNullOrEmpty(file)) switch
        {
            (true, true) => null,
            (false, true) => FromText(text!, Variable), // not empty
            (true, false) => FromFile(file!), // not empty
            _ => throw new DataFolderException($"Both {Variable} and {FileVariable} are set; set one."),
        };
    }

    /// <summary>The key of a file if one is named, else what the environment names; null for none.</summary>
    /// <exception cref="DataFolderException">It is no key.</exception>
    public static MasterKey? Find(string? file) => file is null ? FromEnvironment() : FromFile(file);
}
