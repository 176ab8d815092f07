namespace DToC.Planted;

/// <summary>The planted effects of fifty shops, as figures.</summary>
internal static class PlantedFigures
{
    private const int Seeds = 50;

    /// <summary>Names of the figures.</summary>
    public static string[] Names { get; } =
        ["planted_price_covered", "planted_promotion_covered", "planted_signs_right"];

    /// <summary>
    /// Of fifty shops: how many intervals hold the effect of the price and of the promotion; of the hundred effects,
    /// how many have the right sign.
    /// </summary>
    public static double[] Measure()
    {
        var shops = Enumerable.Range(1, Seeds).Select(seed => PlantedEffects.Of((ulong)seed)).ToList();
        return
        [
            shops.Count(effects => effects[0].IsCovered), shops.Count(effects => effects[1].IsCovered),
            shops.Sum(effects => effects.Count(effect => effect.IsSignRight)),
        ];
    }
}
