using Microsoft.Extensions.Logging;

namespace DToC.Cli.Folders;

/// <summary>What a host has to say to who runs a command: warnings and worse, a line each.</summary>
internal sealed class FolderLog(TextWriter error) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        lock (error) // a host logs from several threads
            error.WriteLine($"dtoc: {formatter(state, exception)}");
    }
}
