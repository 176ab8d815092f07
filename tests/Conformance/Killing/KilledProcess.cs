using System.Globalization;
using DToC.Embedded;
using DToC.Grains;
using DToC.Twin;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Conformance;

/// <summary>
/// A process of its own over a data folder, there to be killed: it folds numbered events, several at a time, and
/// prints the number of each once it is acknowledged.
/// </summary>
internal static class KilledProcess
{
    /// <summary>The first line it prints, before it opens the folder.</summary>
    public const string Begins = "begins";

    /// <summary>The last line it prints.</summary>
    public const string Ends = "ends";

    /// <summary>The argument that has it never sync its files.</summary>
    public const string SynchronousOff = "synchronous=OFF";

    private const int AtOnce = 8;

    public static EmbeddedHost Open(string folder) => EmbeddedHost.Start(new EmbeddedOptions
    {
        DataFolder = folder,
        Catalog = new CustomerWorkload().Grains,
        InitialPlan = CustomerPlans.First,
        LoadPlan = ProbePlans.Read,
        Partitions = 2,
    }, NullLogger.Instance);

    /// <summary>
    /// Arguments: the folder, the time of the first event in Unix milliseconds, and, to break a promise, that the log
    /// is not synced. Reads the numbers to fold, a line each.
    /// </summary>
    public static async Task<int> Run(string[] arguments)
    {
        if (arguments is not ([_, _] or [_, _, SynchronousOff])) return 2;
        if (arguments.Length == 3) UnsyncedLog.Begin();
        Print(Begins);
        var events = new NumberedEvents(new Instant(long.Parse(arguments[1], CultureInfo.InvariantCulture)));
        await using (var host = Open(arguments[0]))
        {
            await Parallel.ForEachAsync(
                ReadNumbers(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellation) =>
                {
                    var message = events.Message(number);
                    var reply = await host.SendAsync(NumberedEvents.KeyOf(number), message, cancellation);
                    if (reply is CustomerReply.Observed) Print(number.ToString(CultureInfo.InvariantCulture));
                });
        }
        Print(Ends);
        return 0;
    }

    private static IEnumerable<int> ReadNumbers()
    {
        while (Console.In.ReadLine() is { } line) yield return int.Parse(line, CultureInfo.InvariantCulture);
    }

    /// <summary>Handed to the operating system before it returns: a killed process has said all it said.</summary>
    private static void Print(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
