using DToC.Twin.Plan;

namespace DToC.Api;

/// <summary>What is printed at start.</summary>
internal static class Greeting
{
    public static void Print(
        IEnumerable<string> addresses, string dataFolder, TwinPlan plan, string? adminKey)
    {
        var first = addresses.FirstOrDefault() ?? Switches.DefaultUrl;
        Console.WriteLine($"address     {string.Join(' ', addresses)}");
        Console.WriteLine($"data        {dataFolder}");
        Console.WriteLine($"definition  {plan.Definition.Name} {plan.Definition.Version} ({plan.Hash:x16})");
        Console.WriteLine($"operators   {first}/");
        Console.WriteLine($"read more   {first}/docs");
        if (adminKey is not null)
        {
            Console.WriteLine($"admin key   {adminKey}  (shown this once; only its hash is kept)");
        }
    }
}
