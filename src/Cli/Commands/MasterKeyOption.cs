using System.CommandLine;
using DToC.Embedded.Sealing;

namespace DToC.Cli.Commands;

/// <summary>The master key of an encrypted data folder: an option of every command.</summary>
internal static class MasterKeyOption
{
    /// <summary>The option, to be added to the root.</summary>
    public static readonly Option<string?> File = new("--master-key-file")
    {
        Description = $"File with the master key of an encrypted data folder; else {MasterKey.Variable} or "
            + $"{MasterKey.FileVariable} is taken.",
        Recursive = true,
    };

    /// <summary>The master key; null for none.</summary>
    /// <exception cref="IOException">What is given is no master key.</exception>
    public static MasterKey? Of(ParseResult parsed) => MasterKey.Find(parsed.GetValue(File));
}
