using DToC.Twin.Models;

namespace DToC.Learn.Propensity;

/// <summary>
/// Fits a <see cref="Logistic"/> model to rows at once: log-loss with a quadratic penalty on the standardised
/// weights.
/// </summary>
public static class LogisticFit
{
    /// <summary>
    /// Penalty unless told otherwise: a prior of standard deviation 3.2 in log-odds for a weight of a standardised
    /// input. It is next to nothing beside data, and finite where they separate.
    /// </summary>
    public const double Penalty = 0.1;

    /// <summary>
    /// The model of least penalised loss. Inputs are standardised by mean and deviation of what is there; what is
    /// missing is read as the mean. The covariance is the inverse of the curvature at the minimum: that of the
    /// posterior in Laplace's approximation, the penalty as prior (D. MacKay, "A Practical Bayesian Framework for
    /// Backpropagation Networks", 1992, eq. 2.9). Separable rows get the finite weights the penalty allows.
    /// </summary>
    /// <param name="table">Inputs; at least one row.</param>
    /// <param name="targets">One a row: 1 where it came true, 0 where not; shares between are allowed.</param>
    /// <param name="penalty">
    /// Inverse of the prior variance of each standardised weight, above 0; the intercept has none to speak of.
    /// </param>
    /// <exception cref="ArgumentException">One of them is not so.</exception>
    public static Logistic Of(TrainingTable table, ReadOnlySpan<double> targets, double penalty = Penalty)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!(penalty > 0 && double.IsFinite(penalty)))
            throw new ArgumentOutOfRangeException(nameof(penalty), penalty, "A penalty is finite and above 0.");
        Targets.Check(table, targets);
        var inputs = new LogisticInput[table.Names.Count];
        var rows = Standardised(table, inputs);
        var penalties = new double[inputs.Length + 1];
        penalties.AsSpan().Fill(penalty);
        // Rows of one outcome only leave the intercept without an end; this one is at 10 and never felt before.
        penalties[0] = 1e-6;
        var found = PenalisedNewton.Minimise(rows, inputs.Length + 1, targets, [], penalties);
        for (var i = 0; i < inputs.Length; i++) inputs[i] = inputs[i] with { Weight = found.Weights[i + 1] };
        return new Logistic(found.Weights[0], inputs, found.Covariance.ToRowMajorArray());
    }

    // Rows of a one and the standardised inputs.
    private static double[] Standardised(TrainingTable table, LogisticInput[] inputs)
    {
        var width = inputs.Length + 1;
        var rows = new double[table.Rows * width];
        for (var r = 0; r < table.Rows; r++) rows[r * width] = 1;
        for (var c = 0; c < inputs.Length; c++)
        {
            var (mean, deviation) = Moments(table.Column(c));
            inputs[c] = new LogisticInput(table.Names[c], 0, mean, deviation);
            var column = table.Column(c);
            for (var r = 0; r < column.Length; r++)
                rows[r * width + c + 1] = double.IsNaN(column[r]) ? 0 : (column[r] - mean) / deviation;
        }
        return rows;
    }

    /// <summary>Mean and deviation an input is standardised by; missing values are left out.</summary>
    internal static (double Mean, double Deviation) Moments(ReadOnlySpan<double> values)
    {
        var (count, mean, squares, most) = (0, 0.0, 0.0, 0.0);
        foreach (var value in values)
        {
            if (double.IsNaN(value)) continue;
            count++;
            most = Math.Max(most, Math.Abs(value));
            // B. Welford, Technometrics 4(3), 1962: no digits lost to a large mean.
            var difference = value - mean;
            mean += difference / count;
            squares += difference * (value - mean);
        }
        // Of numbers whose squares are none: by the greatest, all lie within 1.
        if (!double.IsFinite(squares)) return (0, most);
        var deviation = count == 0 ? 0 : Math.Sqrt(squares / count);
        return (mean, deviation > 1e-12 * Math.Abs(mean) && deviation > 1e-150 ? deviation : 1);
    }
}
