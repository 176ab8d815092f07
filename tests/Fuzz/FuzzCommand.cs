using DToC.Fuzz.Requests;
using DToC.Fuzz.Targets;

namespace DToC.Fuzz;

/// <summary>One target, or all that need no server, for so many cases. Case i has the first seed plus i.</summary>
internal static class FuzzCommand
{
    private const string Usage = "http|all|events|definitions|expressions|stored [--count N] [--seed FIRST]";

    /// <summary>0 when nothing was found, 1 when something was, 2 on misuse.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        var (count, seed) = (10_000L, 1UL);
        for (var i = 1; i < arguments.Count; i += 2)
        {
            var given = i + 1 < arguments.Count ? arguments[i + 1] : "";
            var isGood = arguments[i] switch
            {
                "--count" => long.TryParse(given, out count) && count > 0,
                "--seed" => ulong.TryParse(given, out seed),
                _ => false,
            };
            if (!isGood) return Misused(output);
        }
        var name = arguments.Count > 0 ? arguments[0] : "";
        if (name == "http") return await HttpAsync(seed, count, output);
        var targets = FuzzTarget.All.Where(target => name == "all" || target.Name == name).ToList();
        if (targets.Count == 0) return Misused(output);
        var found = targets.Sum(target => new FuzzRun(target, output).Run(seed, count));
        return found == 0 ? 0 : 1;
    }

    private static async Task<int> HttpAsync(ulong seed, long count, TextWriter output)
    {
        var run = await HttpFuzz.RunAsync(seed, count, output);
        await output.WriteLineAsync(run.Summary());
        foreach (var finding in run.Findings) await output.WriteLineAsync(finding);
        return run.Findings.Count == 0 ? 0 : 1;
    }

    private static int Misused(TextWriter output)
    {
        output.WriteLine(Usage);
        return 2;
    }
}
