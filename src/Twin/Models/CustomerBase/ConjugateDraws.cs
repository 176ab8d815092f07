using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>Draws from the posteriors of these models.</summary>
internal static class ConjugateDraws
{
    /// <summary>
    /// Beta of a and b, both above 0. Where both shapes are so small that both gammas behind it are 0 in a double, it
    /// is 0 or 1, as the distribution is in the limit.
    /// </summary>
    public static double Beta(Xoshiro256 random, double a, double b)
    {
        var x = random.Gamma(a, 1);
        var sum = x + random.Gamma(b, 1);
        return sum > 0 ? x / sum : random.NextUnit() < a / (a + b) ? 1 : 0;
    }
}
