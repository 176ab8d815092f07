// Micro-benchmarks of the core. `--quick` prints the figures of a turn in some seconds; otherwise BenchmarkDotNet
// runs in this process with short jobs (`--filter *Turn*` picks some).
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DToC.Micro;

if (args.Contains("--quick", StringComparer.Ordinal))
{
    QuickFigures.Print(Console.Out);
    return;
}
var shortInProcess = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
BenchmarkSwitcher.FromAssembly(typeof(QuickFigures).Assembly)
    .Run(args.Length == 0 ? ["--filter", "*"] : args, DefaultConfig.Instance.AddJob(shortInProcess));
