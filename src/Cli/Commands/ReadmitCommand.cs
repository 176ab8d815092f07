using System.CommandLine;
using DToC.Cli.Folders;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc readmit</c>: lets those of an erasure in again.</summary>
internal sealed class ReadmitCommand
{
    private readonly Argument<string> _token = new("TOKEN") { Description = "The erasure's token, from its receipt." };
    private readonly FolderArgument _folder = new(
        "Data folder. No server may be using it: ask that with DELETE /v1/erasures/TOKEN/suppression.");

    private readonly Option<string?> _since = new("--since")
    {
        Description = "What happened before this time (RFC 3339) is not taken; now, unless it is given.",
    };

    private ReadmitCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var readmit = new ReadmitCommand();
        var command = new Command("readmit", "Take in again, from now on, those whom an erasure closed out.")
        {
            readmit._since,
        };
        readmit._folder.AddTo(command);
        command.Arguments.Add(readmit._token);
        command.SetAction(readmit.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        Instant? since = null;
        if (parsed.GetValue(_since) is { } text)
        {
            since = InstantJson.TryParse(text, out var moment) ? moment : throw new CommandFailure(
                ExitCode.Usage, $"--since is '{text}', wanted a time such as 2026-03-01T12:00:00Z.");
        }
        var token = parsed.GetValue(_token) ?? "";
        await using var host = HostFolder.OpenToErase(_folder.Of(parsed), parsed.InvocationConfiguration.Error);
        var done = await host.ReadmitAsync(token, since, "dtoc readmit", cancellation) switch
        {
            ReadmissionAnswer.Readmitted { Readmission: var readmission } => readmission,
            ReadmissionAnswer.UnderWay => throw new CommandFailure(
                ExitCode.Usage, "the erasure is not complete: start the server, which completes it."),
            ReadmissionAnswer.OutOfRange range => throw new CommandFailure(
                ExitCode.Usage, $"--since must lie between {range.Earliest} and {range.Latest}."),
            _ => throw new CommandFailure(ExitCode.Usage, $"no erasure has the token '{token}'."),
        };
        var output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync($"readmitted: {done.Token}, since {done.Since}");
        await output.WriteLineAsync($"signature: {done.Signature}");
        return ExitCode.Ok;
    }
}
