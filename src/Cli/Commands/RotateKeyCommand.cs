using System.CommandLine;
using System.Globalization;
using DToC.Embedded.Sealing;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc rotate-key</c>: changes the master key of a folder.</summary>
internal sealed class RotateKeyCommand
{
    private readonly FolderArgument _folder = new("Encrypted data folder that no server is using.");

    private readonly Option<string> _former = new("--former-master-key-file")
    {
        Description = "File with the master key up to now; the new one is given as to every command.",
        Required = true,
    };

    private RotateKeyCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var rotate = new RotateKeyCommand();
        var command = new Command("rotate-key",
            "Wrap every customer's key anew under another master key. Interrupted, the same command goes on.")
        {
            rotate._former,
        };
        rotate._folder.AddTo(command);
        command.SetAction(rotate.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var former = MasterKey.FromFile(parsed.GetValue(_former) ?? "");
        var count = FolderKeys.Rotate(_folder.Of(parsed) with { FormerMasterKey = former });
        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"wrapped anew: {count:N0} keys"));
        return ExitCode.Ok;
    }
}
