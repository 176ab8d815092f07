using DToC.Twin.Models;
using MathNet.Numerics.LinearAlgebra;

namespace DToC.Learn.Propensity;

/// <summary>
/// Weights that minimise the log-loss of a logistic model with a quadratic penalty, by iteratively reweighted least
/// squares (P. McCullagh and J. Nelder, "Generalized Linear Models", 1989, section 2.5) with step halving.
/// </summary>
internal static class PenalisedNewton
{
    private const int MaxSteps = 100;
    private const int MaxHalvings = 30;

    /// <summary>The minimum; its last step fell below 1e-10 of the loss, or 100 were done.</summary>
    /// <param name="rows">Rows of <paramref name="columns"/> values, one after the other; all finite.</param>
    /// <param name="columns">Values a row, the constant among them where one is wanted.</param>
    /// <param name="targets">One a row, in [0, 1].</param>
    /// <param name="rowWeights">One a row, 0 or more; empty when all count 1.</param>
    /// <param name="penalties">One a column: the inverse of the variance of its weight before the data.</param>
    public static Minimum Minimise(
        double[] rows, int columns, ReadOnlySpan<double> targets, ReadOnlySpan<double> rowWeights,
        ReadOnlySpan<double> penalties)
    {
        var weights = Vector<double>.Build.Dense(columns);
        var (loss, gradient, hessian) = At(rows, weights, targets, rowWeights, penalties);
        for (var step = 0; step < MaxSteps; step++)
        {
            var direction = hessian.Cholesky().Solve(gradient);
            var decrement = gradient.DotProduct(direction);
            var length = 1.0;
            for (var halving = 0; halving < MaxHalvings; halving++, length /= 2)
            {
                var tried = At(rows, weights - length * direction, targets, rowWeights, penalties);
                if (!(tried.Loss <= loss)) continue;
                weights -= length * direction;
                (loss, gradient, hessian) = tried;
                break;
            }
            if (decrement <= 1e-10 * (1 + loss)) break;
        }
        return new Minimum([.. weights], hessian.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(columns)), loss);
    }

    private static (double Loss, Vector<double> Gradient, Matrix<double> Hessian) At(
        double[] rows, Vector<double> at, ReadOnlySpan<double> targets, ReadOnlySpan<double> rowWeights,
        ReadOnlySpan<double> penalties)
    {
        var columns = at.Count;
        var weights = at.ToArray();
        var gradient = new double[columns];
        var hessian = new double[columns * columns];
        var loss = 0.0;
        for (var r = 0; r < targets.Length; r++)
        {
            var row = rows.AsSpan(r * columns, columns);
            var count = rowWeights.IsEmpty ? 1 : rowWeights[r];
            var logOdds = 0.0;
            for (var c = 0; c < columns; c++) logOdds += weights[c] * row[c];
            loss += count * LogLossOf(logOdds, targets[r]);
            var probability = Logistic.Sigmoid(logOdds);
            var slope = count * (probability - targets[r]);
            var curvature = count * probability * (1 - probability);
            for (var c = 0; c < columns; c++)
            {
                if (row[c] == 0) continue;
                gradient[c] += slope * row[c];
                var scaled = curvature * row[c];
                for (var d = 0; d <= c; d++) hessian[c * columns + d] += scaled * row[d];
            }
        }
        for (var c = 0; c < columns; c++)
        {
            loss += 0.5 * penalties[c] * weights[c] * weights[c];
            gradient[c] += penalties[c] * weights[c];
            hessian[c * columns + c] += penalties[c];
            for (var d = 0; d < c; d++) hessian[d * columns + c] = hessian[c * columns + d];
        }
        return (loss, Vector<double>.Build.Dense(gradient), Matrix<double>.Build.Dense(columns, columns, hessian));
    }

    /// <summary>ln(1 + e^s) - t s: the log-loss of log-odds s and target t, without overflow on either side.</summary>
    public static double LogLossOf(double logOdds, double target) =>
        Math.Max(logOdds, 0) + SpecialFunctions.Log1P(Math.Exp(-Math.Abs(logOdds))) - target * logOdds;

    /// <summary>Where the loss is least.</summary>
    /// <param name="Weights">One a column.</param>
    /// <param name="Covariance">Inverse of the curvature there: the covariance of the weights given the data.</param>
    /// <param name="Loss">Log-loss summed over the rows, with the penalty.</param>
    public sealed record Minimum(double[] Weights, Matrix<double> Covariance, double Loss);
}
