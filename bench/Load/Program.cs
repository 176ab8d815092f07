// The load driver: prints `name: value` lines of what this machine does with this build.
using System.CommandLine;
using DToC.Load;

var quick = new Option<bool>("--quick") { Description = "Short repeats: all of it in less than a minute." };
var only = new Option<string?>("--only") { Description = "Figures to measure, by name, with commas between." };
var seconds = new Option<double?>("--seconds") { Description = "Length of one repeat (default 5, quick 1)." };
var partitions = new Option<int?>("--partitions") { Description = "Partitions of the host (default one a core)." };
var customers = new Option<int>("--customers")
{
    Description = "Customers that events come from.",
    DefaultValueFactory = _ => 20_000,
};
var twins = new Option<int>("--twins")
{
    Description = "Twins in memory for bytes_per_resident_twin.",
    DefaultValueFactory = _ => 200_000,
};
var profile = new Option<bool>("--profile") { Description = "Also print where the time goes in-process." };
var root = new RootCommand("Measures events per second, latencies, memory and restart on this machine.")
{
    quick, only, seconds, partitions, customers, twins, profile,
};
root.SetAction((parsed, cancellation) => LoadRun.RunAsync(
    new LoadOptions
    {
        Quick = parsed.GetValue(quick),
        Only = parsed.GetValue(only)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? [],
        RepeatSeconds = parsed.GetValue(seconds) ?? (parsed.GetValue(quick) ? 1 : 5),
        Partitions = parsed.GetValue(partitions) ?? Math.Clamp(Environment.ProcessorCount, 1, 256),
        Customers = parsed.GetValue(customers),
        Twins = parsed.GetValue(twins),
        Profile = parsed.GetValue(profile),
    },
    Console.Out, cancellation));
return await root.Parse(args).InvokeAsync();
