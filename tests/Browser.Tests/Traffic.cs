using System.Text;
using DToC.Learn.Synthetic;

namespace DToC.Browser.Tests;

/// <summary>Events of a synthetic population, and now and then one that cannot be folded.</summary>
internal static class Traffic
{
    private const int Customers = 12_000;
    private const int Days = 60;
    private const int BrokenEvery = 400;

    private static readonly string[] Sources = ["shop", "shop", "shop", "app", "app", "call centre"];

    /// <summary>The events of one population in the order of their time.</summary>
    public static IEnumerable<byte[]> Events(ulong seed)
    {
        var profile = ProfileReader.Read("retail").Profile
            ?? throw new InvalidOperationException("The retail population cannot be read.");
        var population = new Population(
            profile with
            {
                Start = DateTimeOffset.UtcNow.AddDays(-Days),
                Days = Days,
                JoinWithinDays = Math.Min(profile.JoinWithinDays, Days),
            },
            seed);
        var count = 0;
        foreach (var next in population.Events(Customers, EventOrder.ByTime))
        {
            yield return next.ToUtf8();
            if (++count % BrokenEvery == 0) yield return Broken(count / BrokenEvery);
        }
    }

    private static byte[] Broken(int number)
    {
        var type = number % 4 == 0 ? "Unheard Of" : "Order Completed";
        return Encoding.UTF8.GetBytes(
            $$$"""
            {"id":"broken-{{{number}}}","type":"{{{type}}}","customer":"c-{{{number}}}",
            "source":"{{{Sources[number % Sources.Length]}}}","properties":{"total":"12,50","currency":"EUR"}}
            """.ReplaceLineEndings(""));
    }
}
