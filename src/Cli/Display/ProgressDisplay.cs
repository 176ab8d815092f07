using Spectre.Console;

namespace DToC.Cli.Display;

/// <summary>
/// Shows a <see cref="Meter"/> while work runs: a bar on a terminal, else a line now and then.
/// </summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs <paramref name="work"/> and returns its result; everything shown goes to standard error.
    /// </summary>
    public static async Task<T> Run<T>(Meter meter, TextWriter error, TimeProvider time, Func<Task<T>> work)
    {
        var onTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        // On the pool: reading an input is synchronous and may not hold up the display.
        var running = Task.Run(work);
        if (onTerminal)
            await ShowBar(meter, running, time);
        else
            await WriteLines(meter, error, running, time);
        return await running;
    }

    /// <summary>One line of progress: count, rate, part and time left.</summary>
    internal static string LineOf(Meter meter, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? meter.Done / elapsed.TotalSeconds : 0;
        var line = $"{meter.Done:N0} {meter.Unit}, {rate:N0}/s";
        if (meter.Skipped > 0)
            line += $", {meter.Skipped:N0} of a former run passed over";
        if (meter.Fraction() is { } part and > 0)
        {
            var left = elapsed * (1 / part - 1);
            line += $", {part:P0}, {(int)left.TotalHours:00}:{left.Minutes:00}:{left.Seconds:00} left";
        }
        return line;
    }

    private static async Task WriteLines(Meter meter, TextWriter error, Task running, TimeProvider time)
    {
        var start = time.GetTimestamp();
        while (await Task.WhenAny(running, Task.Delay(LineEvery, time)) != running)
            await error.WriteLineAsync(LineOf(meter, time.GetElapsedTime(start)));
    }

    private static async Task ShowBar(Meter meter, Task running, TimeProvider time)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var start = time.GetTimestamp();
        await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(meter.Unit, maxValue: 1);
                while (!running.IsCompleted)
                {
                    var rate = meter.Done / Math.Max(0.001, time.GetElapsedTime(start).TotalSeconds);
                    bar.Description = $"{meter.Done:N0} {meter.Unit}, {rate:N0}/s";
                    bar.IsIndeterminate = meter.Fraction() == null;
                    bar.Value = meter.Fraction() ?? 0;
                    await Task.WhenAny(running, Task.Delay(BarEvery, time));
                }
            });
    }
}
