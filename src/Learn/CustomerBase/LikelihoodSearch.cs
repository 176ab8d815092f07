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
    private const double ForwardStep = 1e-6;
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
    /// <param name="cancellation">Ends it between two points.</param>
    public static Optimum Maximise(
        Func<double[], double> logLikelihood, double observations, double[] start,
        IReadOnlyList<(double Low, double High)> bounds, CancellationToken cancellation = default)
    {
        var low = Vector<double>.Build.Dense(start.Length, i => Math.Log(bounds[i].Low));
        var high = Vector<double>.Build.Dense(start.Length, i => Math.Log(bounds[i].High));
        var at = Vector<double>.Build.Dense(start.Length, i => Math.Log(start[i]));
        (at, var iterations) = Descend(Cost, at, low, high);
        var value = Cost(at);
        // Newton steps along one curvature: it hardly changes this near the peak.
        var curvature = HessianOf(Cost, at, value);
        for (var step = 0; step < MaxNewtonSteps && IsPositiveDefinite(curvature); step++)
        {
            var move = curvature.Solve(-CentralGradient(Cost, at));
            var next = Clamp(at + move, low, high);
            var nextValue = Cost(next);
            if (!(nextValue < value)) break;
            (at, value) = (next, nextValue);
            iterations++;
            if (move.L2Norm() < 1e-7) break;
        }
        var hessian = HessianOf(Cost, at, value);
        return new Optimum(
            at.Map(Math.Exp).ToArray(), -value * observations, hessian * observations, iterations);

        double Cost(Vector<double> logs)
        {
            cancellation.ThrowIfCancellationRequested();
            var sum = logLikelihood(logs.Map(Math.Exp).ToArray());
            return double.IsFinite(sum) ? -sum / observations : Impossible;
        }
    }

    private static (Vector<double> At, int Iterations) Descend(
        Func<Vector<double>, double> cost, Vector<double> start, Vector<double> low, Vector<double> high)
    {
        var objective = ObjectiveFunction.Gradient(at =>
        {
            var value = cost(at);
            return (value, ForwardGradient(cost, at, value));
        });
        try
        {
            var found = new BfgsBMinimizer(1e-4, 1e-6, 1e-9, MaxIterations)
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

    // Near enough to descend by, at half the cost.
    private static Vector<double> ForwardGradient(
        Func<Vector<double>, double> cost, Vector<double> at, double value) =>
        Vector<double>.Build.Dense(
            at.Count, i => (cost(Moved(at, i, ForwardStep)) - value) / ForwardStep);

    private static Vector<double> CentralGradient(Func<Vector<double>, double> cost, Vector<double> at) =>
        Vector<double>.Build.Dense(
            at.Count,
            i => (cost(Moved(at, i, GradientStep)) - cost(Moved(at, i, -GradientStep))) / (2 * GradientStep));

    private static Vector<double> Moved(Vector<double> at, int i, double step)
    {
        var moved = at.Clone();
        moved[i] += step;
        return moved;
    }

    private static Matrix<double> HessianOf(Func<Vector<double>, double> cost, Vector<double> at, double value)
    {
        var n = at.Count;
        var hessian = Matrix<double>.Build.Dense(n, n);
        for (var i = 0; i < n; i++)
        {
            hessian[i, i] = (Cost(i, 1, i, 0) - 2 * value + Cost(i, -1, i, 0)) / (HessianStep * HessianStep);
            for (var j = 0; j < i; j++)
            {
                hessian[i, j] = hessian[j, i] =
                    (Cost(i, 1, j, 1) - Cost(i, 1, j, -1) - Cost(i, -1, j, 1) + Cost(i, -1, j, -1))
                    / (4 * HessianStep * HessianStep);
            }
        }
        return hessian;

        double Cost(int i, double up, int j, double across) =>
            cost(Moved(Moved(at, i, up * HessianStep), j, across * HessianStep));
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
