using System.Diagnostics;
using System.Globalization;

namespace DToC.Conformance;

/// <summary>
/// Schedules by the million, started from the command line: progress every minute, failing seeds as they come, at the
/// end the table of each workload.
/// </summary>
internal static class LongRun
{
    private const string Usage =
        "schedules [--count N] [--first SEED] [--threads N] [--workload probe|customer|both] [--sabotage NAME]";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>0 when every promise was kept in every schedule and every cell was reached, 1 when not, 2 on misuse.</summary>
    public static int Start(IReadOnlyList<string> arguments, TextWriter output)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--count"] = "10000",
            ["--first"] = "100000001",
            ["--threads"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["--workload"] = "both",
            ["--sabotage"] = nameof(Sabotage.None),
        };
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 < arguments.Count && given.ContainsKey(arguments[i])) given[arguments[i]] = arguments[i + 1];
            else return Misused(output);
        }
        if (!long.TryParse(given["--count"], out var count) || !ulong.TryParse(given["--first"], out var first)
            || !int.TryParse(given["--threads"], out var threads) || count < 1 || threads < 1
            || !Enum.TryParse<Sabotage>(given["--sabotage"], out var sabotage)
            || given["--workload"] is not ("probe" or "customer" or "both"))
        {
            return Misused(output);
        }
        return Run(given["--workload"], first, count, threads, sabotage, output);
    }

    private static int Misused(TextWriter output)
    {
        output.WriteLine(Usage);
        return 2;
    }

    private static int Run(
        string workload, ulong first, long count, int threads, Sabotage sabotage, TextWriter output)
    {
        var both = workload == "both";
        var code = 0;
        if (workload != "customer")
        {
            code |= Run(nameof(ProbeScheduleTests), new ProbeWorkload(), both ? count / 2 : count);
        }
        if (workload != "probe")
        {
            code |= Run(nameof(CustomerScheduleTests), new CustomerWorkload(), both ? count - count / 2 : count);
        }
        return code;

        int Run(string name, Workload of, long number)
        {
            var campaign = new ScheduleCampaign(of, sabotage);
            var clock = Stopwatch.StartNew();
            var before = Environment.CpuUsage.TotalTime;
            using (new Progress(name, campaign.Tally, number, clock, before, output))
            {
                campaign.Run(first, number, threads);
            }
            output.WriteLine($"{name}: seeds {first} to {first + (ulong)number - 1}, {Rate(campaign.Tally, clock, before)}");
            output.WriteLine(ScheduleTable.Of(campaign.Tally));
            var missing = campaign.Tally.NeverReached;
            foreach (var cell in missing) output.WriteLine($"Never reached: {cell.Fault} at {cell.Stage}");
            output.WriteLine($"{campaign.Tally.BrokenCount} of {number} schedules broke a promise.");
            output.Flush();
            return campaign.Tally.BrokenCount == 0 && missing.Count == 0 ? 0 : 1;
        }
    }

    private static string Rate(ScheduleTally tally, Stopwatch clock, TimeSpan before) => string.Create(
        CultureInfo.InvariantCulture,
        $"{clock.Elapsed.TotalSeconds:f0} s, {(Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Math.Max(1, tally.Schedules):f2} ms of a core each, {GC.CollectionCount(0)} collections");

    /// <summary>Prints, once a minute and at the end, how far it is and each failing seed it has not named yet.</summary>
    private sealed class Progress : IDisposable
    {
        private readonly HashSet<ulong> _named = [];
        private readonly Lock _one = new();
        private readonly Timer _timer;
        private readonly Action _print;

        public Progress(string name, ScheduleTally tally, long count, Stopwatch clock, TimeSpan before, TextWriter output)
        {
            _print = () =>
            {
                lock (_one)
                {
                    output.WriteLine(
                        $"{DateTime.UtcNow:u} {name} {tally.Schedules} of {count}, {Rate(tally, clock, before)}, "
                        + $"{tally.BrokenCount} broken");
                    foreach (var broken in tally.Broken.Where(b => _named.Add(b.Seed)))
                    {
                        output.WriteLine($"BROKEN seed {broken.Seed}: {string.Join("\n    ", broken.Problems)}");
                        output.WriteLine($"Replay: DTOC_SEED={broken.Seed} {ScheduleTests.Replay(name)}");
                    }
                    output.Flush();
                }
            };
            _timer = new Timer(_ => _print(), null, Interval, Interval);
        }

        public void Dispose()
        {
            _timer.Dispose();
            _print();
        }
    }
}
