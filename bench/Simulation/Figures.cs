using System.Diagnostics;
using System.Globalization;
using System.Text;
using DToC.Learn.Simulating;
using DToC.Planted;
using DToC.Published;
using DToC.Twin.Plan;

namespace DToC.SimulationFigures;

/// <summary>Measures and prints the figures.</summary>
/// <param name="members">Members of the large runs.</param>
/// <param name="definition">Definition and profile they are made of.</param>
/// <param name="output">Where to print.</param>
internal sealed class Figures(int members, string definition, TextWriter output)
{
    private const int SmallRun = 10_000;
    private const int Repeats = 5;
    private const int Weeks = 52;
    private const double BytesPerMegabyte = 1e6;

    private static readonly string[] Names =
    [
        "simulate_1m_52w_s", "linear_ratio", "memory_mb", "members_mb", "simulate_1m_52w_rules_s", "same_bytes",
        "cdnow_interval_low", "cdnow_interval_high", .. PlantedFigures.Names,
    ];

    private IReadOnlyList<string> _only = [];

    /// <summary>Prints the figures wanted; 1 when one could not be measured.</summary>
    public async Task<int> PrintAsync(IReadOnlyList<string> only)
    {
        _only = only;
        if (only.FirstOrDefault(word => !Array.Exists(Names, name => IsMeant(name, word))) is { } unknown)
        {
            output.WriteLine($"{unknown}: failed (there are {string.Join(", ", Names)})");
            return 1;
        }
        var areAllMeasured = true;
        if (IsWanted(Names[..6]))
        {
            var made = FoldedMembers.Make(definition, Math.Max(members, SmallRun));
            Print("members", members);
            Print("different_members", made.Different);
            if (IsWanted(Names[..4])) await SpeedAsync(made);
            if (IsWanted(Names[4..5])) areAllMeasured &= await RulesAsync(made);
            if (IsWanted(Names[5..6])) Print("same_bytes", await SameBytesAsync(made) ? 1 : 0);
        }
        if (IsWanted(Names[6..8])) areAllMeasured &= await CdnowAsync();
        if (IsWanted(PlantedFigures.Names))
        {
            foreach (var (name, value) in PlantedFigures.Names.Zip(PlantedFigures.Measure())) Print(name, value);
        }
        return areAllMeasured ? 0 : 1;
    }

    private bool IsWanted(string[] names) =>
        _only.Count == 0 || names.Any(name => _only.Any(word => IsMeant(name, word)));

    // A figure by its name, or all whose names begin with a word.
    private static bool IsMeant(string name, string word) =>
        name == word || name.StartsWith(word + "_", StringComparison.Ordinal);

    // What becomes hot is compiled twice more while it runs, so the ratio is of runs that come after another. As many
    // small ones as make a large one: each is over before the processor and the collector have found their pace.
    private async Task SpeedAsync(FoldedMembers made)
    {
        var (small, large) = (made.Keep(SmallRun), made.Keep(members));
        var (seconds, run) = await TimeAsync(made, large, withRules: false);
        Print("simulate_1m_52w_s", seconds);
        var runs = Math.Max(1, members / SmallRun);
        List<double> ratios = [];
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var smalls = 0.0;
            for (var i = 0; i < runs; i++)
                smalls += (await TimeAsync(made, small, withRules: false)).Seconds;
            var all = (await TimeAsync(made, large, withRules: false)).Seconds;
            ratios.Add(all / members / (smalls / runs / SmallRun));
        }
        ratios.Sort();
        Print("linear_ratio", ratios[Repeats / 2]);
        Print("members_mb", run.Progress.MemberBytes / BytesPerMegabyte);
        Print("memory_mb", (run.Progress.MemberBytes + run.Progress.SumBytes) / BytesPerMegabyte);
        using var process = Process.GetCurrentProcess();
        Print("peak_process_mb", process.PeakWorkingSet64 / BytesPerMegabyte);
    }

    private async Task<bool> RulesAsync(FoldedMembers made)
    {
        var (seconds, run) = await TimeAsync(made, made.Keep(members), withRules: true);
        // Rules that do not run make no offer: then the time is not that of rules.
        if (!run.Result().Scenarios[0].Totals.TryGetValue("offers", out var offers) || offers.Total.Mean < members)
        {
            output.WriteLine("simulate_1m_52w_rules_s: failed (the decision rules made hardly any offer)");
            return false;
        }
        Print("simulate_1m_52w_rules_s", seconds);
        Print("rules_offers_a_member", offers.Total.Mean / members);
        return true;
    }

    // Loading is the decoding of each state, which is part of the run.
    private static async Task<(double Seconds, SimulationRun Run)> TimeAsync(
        FoldedMembers made, KeptMembers kept, bool withRules)
    {
        var request = new SimulationRequest
        {
            Weeks = Weeks, Paths = 1, WithRules = withRules, Sensitivity = false, Top = 0,
        };
        var setup = SetupOf(made.Plan, request);
        var began = Stopwatch.GetTimestamp();
        var run = SimulationRun.Of(setup, kept, made.AsOf, new SimulationOptions());
        await run.RunAsync(null, default);
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, run);
    }

    private static async Task<bool> SameBytesAsync(FoldedMembers made)
    {
        const string scenario = """[{ "name": "dearer", "levers": [{ "lever": "demand", "index": 1.1 }] }]""";
        var request = new SimulationRequest
        {
            Weeks = Weeks, Paths = 50, Scenarios = Encoding.UTF8.GetBytes(scenario), Sensitivity = true,
        };
        List<byte[]> results = [];
        foreach (var threads in (int[])[1, 2, 7])
        {
            var run = SimulationRun.Of(
                SetupOf(made.Plan, request), made.Keep(2_000), made.AsOf, new SimulationOptions { Threads = threads });
            results.Add((await run.RunAsync(null, default)).ToJson());
        }
        return results.TrueForAll(result => result.AsSpan().SequenceEqual(results[0]));
    }

    private async Task<bool> CdnowAsync()
    {
        if (DataFolder.BesideRepository() is not { } folder)
        {
            output.WriteLine("cdnow_interval_low: failed (there is no ../shared/data beside the repository)");
            return false;
        }
        var (low, high) = await CdnowInterval.OfAsync(folder.File("cdnow/CDNOW_sample.txt"));
        Print("cdnow_interval_low", low);
        Print("cdnow_interval_high", high);
        return true;
    }

    internal static SimulationSetup SetupOf(TwinPlan plan, SimulationRequest request)
    {
        var (setup, fault) = SimulationSetup.Of(new PlanCatalog(plan), request);
        return setup ?? throw new InvalidOperationException(fault);
    }

    private void Print(string name, double value)
    {
        output.WriteLine($"{name}: {value.ToString("G7", CultureInfo.InvariantCulture)}");
        output.Flush();
    }
}
