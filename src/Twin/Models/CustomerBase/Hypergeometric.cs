namespace DToC.Twin.Models.CustomerBase;

/// <summary>Gauss's hypergeometric function in the one form these models need.</summary>
internal static class Hypergeometric
{
    private const int MaxSteps = 20_000;

    /// <summary>
    /// 2F1(1, b; c; z) for c > b > 0, c at least 1, 0 &lt;= z &lt; 1: Gauss's continued fraction (DLMF 15.7.1 with b
    /// = 0), a Stieltjes fraction whose terms are all positive, by Lentz's method. It converges like
    /// ((1 - sqrt(1 - z)) / (1 + sqrt(1 - z)))^n: nothing overflows however large b and c are, and z may come near 1.
    /// </summary>
    public static double Of1(double b, double c, double z)
    {
        if (!(b > 0 && c > b && c >= 1 && z >= 0 && z < 1)) return double.NaN;
        if (z == 0) return 1;
        const double tiny = 1e-300;
        // 1 / (1 - t1 z / (1 - t2 z / (1 - ...)))
        var front = 1.0;
        var back = 0.0;
        var denominator = 1.0;
        for (var n = 1; n <= MaxSteps; n++)
        {
            var k = n / 2;
            var numerator = n == 1 ? b / c
                : n % 2 == 1 ? (c - 1 + k) * (b + k) / ((c + n - 2) * (c + n - 1))
                : k * (c - b + k - 1) / ((c + n - 2) * (c + n - 1));
            var term = -numerator * z;
            back = 1 + term * back;
            front = 1 + term / front;
            if (Math.Abs(back) < tiny) back = tiny;
            if (Math.Abs(front) < tiny) front = tiny;
            back = 1 / back;
            var step = front * back;
            denominator *= step;
            if (Math.Abs(step - 1) < 1e-15) break;
        }
        return 1 / denominator;
    }
}
