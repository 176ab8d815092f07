using System.Globalization;

namespace DToC.Conformance;

/// <summary>
/// Schedules by the million, started from the command line: progress every minute, failing seeds as they come, at the
/// end the table of each workload.
/// </summary>
internal static class LongRun
{
    private const string Usage =
        "schedules [--count N] [--first SEED] [--threads N] [--workload probe|customer|identity|split|all] "
        + "[--sabotage NAME]";

    private const long Round = 2_000; // of one workload, then it is the other's turn

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>0 when every promise was kept and every cell reached, 1 when not, 2 on misuse.</summary>
    public static int Start(IReadOnlyList<string> arguments, TextWriter output)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--count"] = "10000",
            ["--first"] = "100000001",
            ["--threads"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["--workload"] = "all",
            ["--sabotage"] = nameof(Sabotage.None),
        };
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 < arguments.Count && given.ContainsKey(arguments[i])) given[arguments[i]] = arguments[i + 1];
            else return Misused(output);
        }
        if (!long.TryParse(given["--count"], out var count) || !ulong.TryParse(given["--first"], out var first)
            || !int.TryParse(given["--threads"], out var threads) || count < 1 || threads < 1
            || !Enum.TryParse<Sabotage>(given["--sabotage"], out var sabotage))
        {
            return Misused(output);
        }
        LongRunOf Probes(long number) => new(nameof(ProbeScheduleTests), new ProbeWorkload(), number, sabotage);
        LongRunOf Customers(long number) =>
            new(nameof(CustomerScheduleTests), new CustomerWorkload(), number, sabotage);
        LongRunOf Identities(long number) =>
            new(nameof(IdentityScheduleTests), new IdentityWorkload(), number, sabotage);
        LongRunOf Splits(long number) => new(nameof(SplitScheduleTests), new SplitWorkload(), number, sabotage);
        return given["--workload"] switch
        {
            "probe" => Run([Probes(count)], first, threads, output),
            "customer" => Run([Customers(count)], first, threads, output),
            "identity" => Run([Identities(count)], first, threads, output),
            "split" => Run([Splits(count)], first, threads, output),
            "all" => Run(
                [Probes(count / 4), Customers(count - count / 4 * 3), Identities(count / 4), Splits(count / 4)],
                first, threads, output),
            _ => Misused(output),
        };
    }

    private static int Misused(TextWriter output)
    {
        output.WriteLine(Usage);
        return 2;
    }

    private static int Run(IReadOnlyList<LongRunOf> runs, ulong first, int threads, TextWriter output)
    {
        using (new Timer(_ => Print(), null, Interval, Interval))
        {
            while (runs.Any(r => !r.IsDone))
            {
                foreach (var run in runs) run.Next(first, Round, threads);
            }
        }
        Print();
        foreach (var run in runs) output.WriteLine(run.Summary(first));
        output.Flush();
        return runs.All(r => r.IsSound) ? 0 : 1;

        void Print()
        {
            lock (runs)
            {
                foreach (var run in runs) output.WriteLine(run.Progress());
                output.Flush();
            }
        }
    }
}
