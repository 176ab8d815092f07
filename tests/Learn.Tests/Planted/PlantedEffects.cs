using System.Text;
using DToC.Learn.Simulating;
using DToC.Learn.Synthetic;
using DToC.Twin.Simulation;

namespace DToC.Planted;

/// <summary>
/// Whether a simulation finds effects that were planted: customers of a generated shop are seen for a year and a half,
/// models are fitted to what can be seen, and the half year behind it is simulated with prices that are 10% higher, and
/// with a promotion. The 95% interval of what either brings is compared with what the generator knows it brings.
/// </summary>
internal static class PlantedEffects
{
    /// <summary>Customers of a shop.</summary>
    public const int Customers = 1_000;

    /// <summary>Worlds of a simulation.</summary>
    public const int Worlds = 100;

    private const int Weeks = 26;
    private const double Level = 0.95;

    private static readonly byte[] Scenarios = Encoding.UTF8.GetBytes("""
        [
          { "name": "dearer", "levers": [{ "lever": "price", "factor": 1.1 }] },
          { "name": "promoted", "levers": [{ "lever": "promotion", "depth": 0.2, "from": 6, "until": 7 }] }
        ]
        """);

    // The same weeks in the generator's calendar: the 6th and 7th behind the 30th of June 2025.
    private static readonly DiscountPeriod Promotion = new("08-04", "08-17", 0.2);

    /// <summary>The effects of one shop: of the price, then of the promotion, on revenue.</summary>
    /// <param name="seed">Seed of shop and simulation.</param>
    public static IReadOnlyList<PlantedEffect> Of(ulong seed)
    {
        var shop = new PlantedShop(seed, Customers);
        const int until = PlantedShop.SeenDays + 7 * Weeks;
        var usual = new PlantedTruth(shop.Profile);
        var baseline = usual.Revenue(shop.Truths, PlantedShop.SeenDays, until);
        var dearer = usual.Revenue(shop.Truths, PlantedShop.SeenDays, until, priceFactor: 1.1);
        var promoted = new PlantedTruth(shop.Profile, Promotion).Revenue(shop.Truths, PlantedShop.SeenDays, until);
        var found = Simulated(shop, seed);
        return
        [
            new PlantedEffect(dearer - baseline, WorldDifference.Of(found[1], found[0], 0.01, Level), baseline),
            new PlantedEffect(promoted - baseline, WorldDifference.Of(found[2], found[0], 0.01, Level), baseline),
        ];
    }

    // Revenue in hundredths by scenario and world.
    private static long[][] Simulated(PlantedShop shop, ulong seed)
    {
        var reading = ScenarioReader.Read(Scenarios, "scenarios", shop.Plan, Weeks, withRules: false);
        var scenarios = reading is ScenarioReading.Read { Scenarios: var read }
            ? read
            : throw new InvalidOperationException($"The scenarios cannot be run: {reading}");
        var premises = Premises.Of(shop.Plan);
        World[] worlds = [.. Enumerable.Range(0, Worlds).Select(i => World.Draw(premises, scenarios, seed, i))];
        Tally[] tallies = [.. worlds.Select(_ => new Tally(shop.Plan, scenarios))];
        var run = new MemberRun(premises, scenarios);
        for (var i = 0; i < shop.States.Count; i++)
        {
            run.Load(shop.States[i], shop.Truths[i].Customer, shop.Now);
            for (var world = 0; world < worlds.Length; world++) run.Run(worlds[world], tallies[world]);
        }
        return
        [
            .. Enumerable.Range(0, scenarios.Count).Select(scenario =>
                tallies.Select(tally => tally.Total(scenario, Measure.RevenueMinor)).ToArray()),
        ];
    }
}

/// <summary>A planted effect and what a simulation says of it, in money over the horizon.</summary>
/// <param name="Truth">What it is expected to be.</param>
/// <param name="Found">What the simulation says.</param>
/// <param name="Baseline">What revenue without it is expected to be.</param>
internal sealed record PlantedEffect(double Truth, WorldDifference Found, double Baseline)
{
    /// <summary>Whether the interval holds the truth.</summary>
    public bool IsCovered => Found.Difference.Interval is { } interval
        && interval.Low <= Truth && Truth <= interval.High;

    /// <summary>Whether what is most likely has the sign of the truth.</summary>
    public bool IsSignRight => Math.Sign(Found.Difference.Mean) == Math.Sign(Truth);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Truth / Baseline:P2}: {Found.Difference.Mean / Baseline:P2} +- {Found.Difference.Deviation / Baseline:P2}";
}
