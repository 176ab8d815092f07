namespace DToC.Twin.Draws;

/// <summary>Random variates drawn from a <see cref="Xoshiro256"/>; each names its method.</summary>
public static class Variates
{
    private const double PoissonChunk = 30;

    /// <summary>
    /// Standard normal: the polar method of Marsaglia, its second value dropped to keep no state.
    /// </summary>
    public static double Normal(this Xoshiro256 random)
    {
        while (true)
        {
            var u = 2 * random.NextUnit() - 1;
            var v = 2 * random.NextUnit() - 1;
            var s = u * u + v * v;
            if (s is > 0 and < 1)
                return u * Math.Sqrt(-2 * Math.Log(s) / s);
        }
    }

    /// <summary>Exponential of mean 1, by inversion.</summary>
    public static double Exponential(this Xoshiro256 random) => -Math.Log(random.NextOpen());

    /// <summary>
    /// Gamma of <paramref name="shape"/> and <paramref name="rate"/> (mean shape / rate), both above 0:
    /// G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000.
    /// </summary>
    public static double Gamma(this Xoshiro256 random, double shape, double rate)
    {
        if (shape < 1)
        {
            // Their section 6: a Gamma(shape) is a Gamma(shape + 1) times a uniform to the power 1 / shape.
            var boost = Math.Pow(random.NextOpen(), 1 / shape);
            return random.Gamma(shape + 1, rate) * boost;
        }
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.Normal();
            var v = 1 + c * x;
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(random.NextOpen()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return d * v / rate;
        }
    }

    /// <summary>
    /// Beta of <paramref name="a"/> and <paramref name="b"/> (mean a / (a + b)), as a ratio of gammas.
    /// </summary>
    public static double Beta(this Xoshiro256 random, double a, double b)
    {
        var x = random.Gamma(a, 1);
        return x / (x + random.Gamma(b, 1));
    }

    /// <summary>
    /// Poisson of <paramref name="mean"/>, 0 or more: Knuth's product of uniforms, in parts of mean 30 so
    /// that the product does not underflow. Takes time in proportion to the mean.
    /// </summary>
    public static int Poisson(this Xoshiro256 random, double mean)
    {
        var count = 0;
        for (; mean > 0; mean -= PoissonChunk)
        {
            var limit = Math.Exp(-Math.Min(mean, PoissonChunk));
            for (var product = random.NextOpen(); product > limit; product *= random.NextOpen())
                count++;
        }
        return count;
    }

    /// <summary>
    /// Zipf: a rank in 1..<paramref name="count"/> with probability in proportion to rank^-exponent, exponent
    /// above 0. Rejection-inversion of W. Hörmann and G. Derflinger, ACM TOMACS 6(3), 1996: no table,
    /// constant time.
    /// </summary>
    public static int Zipf(this Xoshiro256 random, int count, double exponent)
    {
        var first = ZipfIntegral(1.5, exponent) - 1;
        var last = ZipfIntegral(count + 0.5, exponent);
        var safe = 2 - ZipfInverse(ZipfIntegral(2.5, exponent) - Math.Pow(2, -exponent), exponent);
        while (true)
        {
            var u = last + random.NextUnit() * (first - last);
            var x = ZipfInverse(u, exponent);
            var rank = Math.Clamp((int)(x + 0.5), 1, count);
            if (rank - x <= safe || u >= ZipfIntegral(rank + 0.5, exponent) - Math.Pow(rank, -exponent))
                return rank;
        }
    }

    /// <summary>
    /// An index of <paramref name="weights"/> (0 or more, not all 0) with probability in proportion.
    /// </summary>
    public static int Index(this Xoshiro256 random, IReadOnlyList<double> weights)
    {
        var total = 0.0;
        for (var i = 0; i < weights.Count; i++)
            total += weights[i];
        var left = random.NextUnit() * total;
        for (var i = 0; i < weights.Count - 1; i++)
        {
            left -= weights[i];
            if (left < 0)
                return i;
        }
        return weights.Count - 1;
    }

    private static double ZipfIntegral(double x, double exponent) =>
        Math.Abs(1 - exponent) < 1e-9 ? Math.Log(x) : (Math.Pow(x, 1 - exponent) - 1) / (1 - exponent);

    private static double ZipfInverse(double x, double exponent) => Math.Abs(1 - exponent) < 1e-9
        ? Math.Exp(x)
        : Math.Pow(Math.Max(0, 1 + x * (1 - exponent)), 1 / (1 - exponent));
}
