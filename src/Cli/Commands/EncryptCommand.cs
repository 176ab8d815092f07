using System.CommandLine;
using System.Globalization;
using DToC.Cli.Folders;
using DToC.Embedded.Sealing;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc encrypt</c>: seals what lies plain in a folder.</summary>
internal sealed class EncryptCommand
{
    private readonly FolderArgument _folder = new("Data folder that no server is using.");

    private EncryptCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var encrypt = new EncryptCommand();
        var command = new Command("encrypt",
            "Encrypt what lies plain in a data folder, a key a customer. Backups that were made before stay plain.");
        encrypt._folder.AddTo(command);
        command.SetAction(encrypt.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var report = FolderEncryption.Run(_folder.Of(parsed), new FolderLog(error), cancellation);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"sealed: {report.Sealed:N0} rows"));
        if (report.Damaged == 0) return ExitCode.Ok;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"damaged and left plain: {report.Damaged:N0} rows; see 'dtoc check'"));
        return ExitCode.Damaged;
    }
}
