using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace DToC.Learn.CustomerBase;

/// <summary>
/// Maximum likelihood of positive parameters, searched in their logarithms within bounds: BFGS-B, by Nelder and
/// Mead's simplex where its line search gives up, then Newton steps, whose Hessian is also what the errors come
/// from. Derivatives are central differences, of which the likelihoods here (sums of smooth terms, exact to
/// rounding) lose nothing that matters: about 1e-10 of the gradient.
/// </summary>
internal static class LikelihoodSearch
{
    private const double GradientStep = 1e-5;
    private const double HessianStep = 1e-3;
    private const int MaxIterations = 300;
    private const int MaxNewtonSteps = 8;

    /// <summary>What a point that has no likelihood counts, in log-likelihood an observation.</summary>
    private const double Impossible = 1e6;

    /// <summary>Searches from a start.</summary>
    /// <param name="logLikelihood">Of the parameters.</param>
    /// <param name="observations">How many it sums over: the search works on the mean.</param>
    /// <param name="start">Parameters to start from, above 0.</param>
    /// <param name="bounds">Lowest and highest value of each.</param>
    public static Optimum Maximise(
        Func<double[], double> logLikelihood, double observations, double[] start,
        IReadOnlyList<(double Low, double High)> bounds)
    {
        var low = Vector<double>.Build.Dense(start.Length, i => Math.Log(bounds[i].Low));
        var high = Vector<double>.Build.Dense(start.Length, i => Math.Log(bounds[i].High));
        var at = Vector<double>.Build.Dense(start.Length, i => Math.Log(start[i]));
        (at, var iterations) = Descend(Cost, at, low, high);
        var value = Cost(at);
        var hessian = HessianOf(Cost, at, value);
        for (var step = 0; step < MaxNewtonSteps; step++)
        {
            if (!IsPositiveDefinite(hessian)) break;
            var move = hessian.Solve(-GradientOf(Cost, at));
            var next = Clamp(at + move, low, high);
            var nextValue = Cost(next);
            if (!(nextValue < value)) break;
            (at, value) = (next, nextValue);
            iterations++;
            hessian = HessianOf(Cost, at, value);
            if (move.L2Norm() < 1e-8) break;
        }
        return new Optimum(
            at.Map(Math.Exp).ToArray(), -value * observations, hessian * observations, iterations);

        double Cost(Vector<double> logs)
        {
            var sum = logLikelihood(logs.Map(Math.Exp).ToArray());
            return double.IsFinite(sum) ? -sum / observations : Impossible;
        }
    }

    private static (Vector<double> At, int Iterations) Descend(
        Func<Vector<double>, double> cost, Vector<double> start, Vector<double> low, Vector<double> high)
    {
        var objective = ObjectiveFunction.Gradient(at => (cost(at), GradientOf(cost, at)));
        try
        {
            var found = new BfgsBMinimizer(1e-7, 1e-9, 1e-12, MaxIterations)
                .FindMinimum(objective, low, high, Clamp(start, low, high));
            return (found.MinimizingPoint, found.Iterations);
        }
        catch (OptimizationException)
        {
            try
            {
                var found = new NelderMeadSimplex(1e-12, 40 * MaxIterations).FindMinimum(
                    ObjectiveFunction.Value(at => cost(Clamp(at, low, high))), Clamp(start, low, high));
                return (Clamp(found.MinimizingPoint, low, high), found.Iterations);
            }
            catch (MaximumIterationsException)
            {
                // A search without an end is a likelihood without a peak: the start has no curvature to vouch for it.
                return (high, MaxIterations);
            }
        }
    }

    private static Vector<double> Clamp(Vector<double> at, Vector<double> low, Vector<double> high) =>
        at.PointwiseMaximum(low).PointwiseMinimum(high);

    private static Vector<double> GradientOf(Func<Vector<double>, double> cost, Vector<double> at)
    {
        var gradient = Vector<double>.Build.Dense(at.Count);
        var moved = at.Clone();
        for (var i = 0; i < at.Count; i++)
        {
            moved[i] = at[i] + GradientStep;
            var above = cost(moved);
            moved[i] = at[i] - GradientStep;
            gradient[i] = (above - cost(moved)) / (2 * GradientStep);
            moved[i] = at[i];
        }
        return gradient;
    }

    private static Matrix<double> HessianOf(Func<Vector<double>, double> cost, Vector<double> at, double value)
    {
        var n = at.Count;
        var hessian = Matrix<double>.Build.Dense(n, n);
        for (var i = 0; i < n; i++)
        {
            hessian[i, i] = (Moved(i, 1, i, 0) - 2 * value + Moved(i, -1, i, 0)) / (HessianStep * HessianStep);
            for (var j = 0; j < i; j++)
            {
                hessian[i, j] = hessian[j, i] =
                    (Moved(i, 1, j, 1) - Moved(i, 1, j, -1) - Moved(i, -1, j, 1) + Moved(i, -1, j, -1))
                    / (4 * HessianStep * HessianStep);
            }
        }
        return hessian;

        double Moved(int i, double up, int j, double across)
        {
            var moved = at.Clone();
            moved[i] += up * HessianStep;
            moved[j] += across * HessianStep;
            return cost(moved);
        }
    }

    private static bool IsPositiveDefinite(Matrix<double> hessian) =>
        hessian.ForAll(double.IsFinite) && hessian.Evd(Symmetricity.Symmetric).EigenValues.Real().Minimum() > 0;
}

/// <summary>Where a search ended.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="LogLikelihood">Their log-likelihood.</param>
/// <param name="Information">Minus its second derivatives by the parameters' logarithms.</param>
/// <param name="Iterations">Steps taken.</param>
internal sealed record Optimum(
    double[] Parameters, double LogLikelihood, Matrix<double> Information, int Iterations);
