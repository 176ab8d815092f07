using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// How sure a fit is of positive parameters: the covariance of their logarithms, which are normal in the limit of
/// much data and keep draws above 0.
/// </summary>
public sealed class LogCovariance
{
    /// <summary>
    /// No draw is further than this factor from the fitted value: the normal limit says nothing there.
    /// </summary>
    private const double MostLog = 7;

    private readonly double[] _values;
    private readonly double[] _factor;

    /// <summary>A covariance of so many parameters, row by row; the values are copied.</summary>
    /// <exception cref="ArgumentException">It is not square, symmetric and positive semi-definite.</exception>
    public LogCovariance(int parameters, ReadOnlySpan<double> values)
    {
        if (values.Length != parameters * parameters)
            throw new ArgumentException(
                $"covariance has {values.Length} values; it must have {parameters * parameters}.", nameof(values));
        Parameters = parameters;
        _values = values.ToArray();
        _factor = Factor(parameters, _values) ?? throw new ArgumentException(
            "covariance is not symmetric and positive semi-definite.", nameof(values));
    }

    /// <summary>How many parameters it is of.</summary>
    public int Parameters { get; }

    /// <summary>The covariance, row by row.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Draws parameters around fitted ones.</summary>
    /// <param name="fitted">The fitted ones, above 0.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <param name="drawn">As many values.</param>
    public void Draw(ReadOnlySpan<double> fitted, Xoshiro256 random, Span<double> drawn)
    {
        DrawDeviations(random, drawn);
        for (var i = 0; i < Parameters; i++) drawn[i] = fitted[i] * Math.Exp(Math.Clamp(drawn[i], -MostLog, MostLog));
    }

    /// <summary>Draws of a normal of mean 0 and this covariance.</summary>
    internal void DrawDeviations(Xoshiro256 random, Span<double> drawn)
    {
        for (var i = 0; i < Parameters; i++) drawn[i] = random.Normal();
        for (var i = Parameters - 1; i >= 0; i--)
        {
            var sum = 0.0;
            for (var j = 0; j <= i; j++) sum += _factor[i * Parameters + j] * drawn[j];
            drawn[i] = sum;
        }
    }

    internal static void Write(Utf8JsonWriter writer, LogCovariance? covariance)
    {
        if (covariance is null) return;
        writer.WriteNumbers("covariance", covariance._values);
    }

    internal static LogCovariance? Read(ModelFields parameters, int count)
    {
        var values = parameters.NumbersOrNone("covariance");
        return values.Length == 0 ? null : new LogCovariance(count, values);
    }

    // Cholesky's lower factor; a pivot that is 0 but for rounding makes a column of zeros. Null when it has none.
    private static double[]? Factor(int n, double[] a)
    {
        var factor = new double[a.Length];
        for (var j = 0; j < n; j++)
        {
            var pivot = a[j * n + j];
            if (!double.IsFinite(pivot) || pivot < 0) return null;
            var rounding = 1e-9 * pivot;
            for (var k = 0; k < j; k++) pivot -= factor[j * n + k] * factor[j * n + k];
            if (pivot < -rounding) return null;
            var root = pivot > rounding ? Math.Sqrt(pivot) : 0;
            factor[j * n + j] = root;
            for (var i = j + 1; i < n; i++)
            {
                var sum = a[i * n + j];
                if (!(Math.Abs(sum - a[j * n + i]) <= 1e-9 * Math.Sqrt(a[i * n + i] * a[j * n + j]))) return null;
                for (var k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
                factor[i * n + j] = root == 0 ? 0 : sum / root;
            }
        }
        return factor;
    }
}
