namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The Gauss-Legendre rule on [0, 1] (DLMF 3.5.v): nodes by Newton's method on the Legendre polynomial from
/// Tricomi's first guess.
/// </summary>
internal static class GaussLegendre
{
    /// <summary>Number of nodes; exact for polynomials up to twice it.</summary>
    public const int Count = 40;

    private static readonly double[] Nodes = new double[Count];
    private static readonly double[] Weights = new double[Count];

    static GaussLegendre()
    {
        for (var i = 0; i < Count; i++)
        {
            var x = Math.Cos(Math.PI * (i + 0.75) / (Count + 0.5));
            var slope = 0.0;
            for (var round = 0; round < 20; round++)
            {
                (var value, slope) = Legendre(x);
                x -= value / slope;
                if (Math.Abs(value) < 1e-16) break;
            }
            (_, slope) = Legendre(x);
            Nodes[i] = (1 - x) / 2;
            Weights[i] = 1 / ((1 - x * x) * slope * slope);
        }
    }

    /// <summary>Where to evaluate, in (0, 1).</summary>
    public static double Node(int i) => Nodes[i];

    /// <summary>What the value there counts; all together are 1.</summary>
    public static double Weight(int i) => Weights[i];

    // The polynomial of degree Count and its derivative.
    private static (double Value, double Slope) Legendre(double x)
    {
        var (before, value) = (1.0, x);
        for (var n = 2; n <= Count; n++) (before, value) = (value, ((2 * n - 1) * x * value - (n - 1) * before) / n);
        return (value, Count * (before - x * value) / (1 - x * x));
    }
}
