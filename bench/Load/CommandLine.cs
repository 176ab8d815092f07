using System.CommandLine;
using DToC.Load.Soak;

namespace DToC.Load;

/// <summary>The switches.</summary>
internal static class CommandLine
{
    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "Short repeats: all of it in two or three minutes.",
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Figures to measure, by name, with commas between.",
    };

    private static readonly Option<double?> Seconds = new("--seconds")
    {
        Description = "Length of one repeat (default 5, quick 1).",
    };

    private static readonly Option<int?> Partitions = new("--partitions")
    {
        Description = "Partitions of the host (default one a core).",
    };

    private static readonly Option<int> Customers = Number("--customers", "Customers that events come from.", 20_000);

    private static readonly Option<int> Twins =
        Number("--twins", "Twins in memory for bytes_per_resident_twin.", 200_000);

    private static readonly Option<int> Stored = Number(
        "--stored", "Twins on disk for restart_s and embedded_large_to_small.", 2_000_000);

    private static readonly Option<bool> Peers = new("--peers")
    {
        Description = "Measure PostgreSQL and Redis beside, where they are installed.",
    };

    private static readonly Option<bool> Soak = new("--soak")
    {
        Description = "Instead: a mixed load at 0.8 of the peak for long, with a row a minute and a verdict.",
    };

    private static readonly Option<double> Minutes = new("--minutes")
    {
        Description = "Length of the soak.",
        DefaultValueFactory = _ => 60,
    };

    private static readonly Option<double?> Rate = new("--events-per-second")
    {
        Description = "Events a second of the soak, instead of a share of the peak.",
    };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "End with 1 when a target is not met, or a soak is not flat.",
    };

    private static readonly Option<bool> Profile = new("--profile")
    {
        Description = "Also print where the time goes in-process.",
    };

    public static RootCommand Root()
    {
        var root = new RootCommand("Measures events per second, latencies, memory and restart on this machine.")
        {
            Quick, Only, Seconds, Partitions, Customers, Twins, Stored, Peers, Soak, Minutes, Rate, Strict, Profile,
        };
        root.SetAction((parsed, cancellation) => parsed.GetValue(Soak)
            ? SoakRun.RunAsync(OptionsOf(parsed), SoakOf(parsed), Console.Out, cancellation)
            : LoadRun.RunAsync(OptionsOf(parsed), Console.Out, cancellation));
        return root;
    }

    private static LoadOptions OptionsOf(ParseResult parsed) => new()
    {
        Quick = parsed.GetValue(Quick),
        Only = parsed.GetValue(Only)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? [],
        RepeatSeconds = parsed.GetValue(Seconds) ?? (parsed.GetValue(Quick) ? 1 : 5),
        Partitions = parsed.GetValue(Partitions) ?? Math.Clamp(Environment.ProcessorCount, 1, 256),
        Customers = parsed.GetValue(Customers),
        Twins = parsed.GetValue(Twins),
        Stored = parsed.GetValue(Stored),
        Peers = parsed.GetValue(Peers),
        Strict = parsed.GetValue(Strict),
        Profile = parsed.GetValue(Profile),
    };

    private static SoakOptions SoakOf(ParseResult parsed) =>
        new(parsed.GetValue(Minutes), parsed.GetValue(Rate), parsed.GetValue(Strict));

    private static Option<int> Number(string name, string description, int usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };
}
