namespace DToC.Cli;

/// <summary>
/// A command cannot go on; caught in one place, which prints the message and exits with the code.
/// </summary>
internal sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
