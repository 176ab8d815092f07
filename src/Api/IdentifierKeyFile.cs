using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using DToC.Twin.Events;

namespace DToC.Api;

/// <summary>
/// The key that a data folder's identifiers are hashed with, in a file of the folder that only its owner may read. It
/// is made once: under another key the same identifiers would lead to other customers.
/// </summary>
internal static class IdentifierKeyFile
{
    /// <summary>The file's name in its data folder. 64 hexadecimal digits.</summary>
    public const string Name = "identifiers.key";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The key, a new one where the folder has none; or why there is none.</summary>
    public static (ReadOnlyMemory<byte>? Key, string? Fault) TryReadOrMake(string folder)
    {
        try
        {
            return (ReadOrMake(folder), null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    private static byte[] ReadOrMake(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path)) Make(folder, path);
        var digits = File.ReadAllText(path).Trim();
        if (digits.Length == 2 * IdentifierHashing.KeyBytes && !digits.AsSpan().ContainsAnyExcept(HexDigits))
            return Convert.FromHexString(digits);
        throw new InvalidDataException(
            $"'{path}' does not hold {2 * IdentifierHashing.KeyBytes} hexadecimal digits. Put the one back that the "
            + "folder began with; with another key its hashed identifiers lead to nobody.");
    }

    private static void Make(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        // Complete or not there at all, and never in the place of another process's.
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            var key = RandomNumberGenerator.GetBytes(IdentifierHashing.KeyBytes);
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key)));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
