using DToC.Twin.Models;
using DToC.Twin.Models.Frustration;
using MathNet.Numerics.LinearAlgebra;

namespace DToC.Learn.Frustration;

/// <summary>A customer at a moment, and whether they then had enough (complained, left).</summary>
/// <param name="Amounts">Decayed amounts of the causes, 0 or more.</param>
/// <param name="HadEnough">What came.</param>
public readonly record struct FrustrationCase(double[] Amounts, bool HadEnough);

/// <summary>
/// Fits the weights of a <see cref="FrustrationModel"/> to what customers did. The weights of greatest posterior
/// probability are found by expectation and maximisation: each cause is taken to strike a Poisson number of times, of
/// which only "at least once in all" was seen (the noisy-or's latent counts; A. Dempster, N. Laird and D. Rubin, JRSS B
/// 39(1), 1977). Each weight then gets the gamma distribution of its mean and of its variance by the curvature there
/// (Laplace's approximation, the other weights integrated out).
/// </summary>
public static class FrustrationTraining
{
    /// <summary>Cases of either outcome there must be.</summary>
    public const int MinCases = 20;

    private const int MaxIterations = 2_000;

    /// <summary>Fits weights.</summary>
    /// <param name="names">Names of the causes, in the order of the amounts.</param>
    /// <param name="cases">What was seen.</param>
    /// <param name="prior">
    /// What is believed of a weight beforehand, as shape and rate; its shape above 1 keeps a cause that was never seen
    /// away from 0.
    /// </param>
    /// <exception cref="ArgumentException">Cases are too few or not as wide as the names.</exception>
    public static FrustrationModel Of(
        IReadOnlyList<string> names, IReadOnlyList<FrustrationCase> cases, FrustrationCause prior)
    {
        ArgumentNullException.ThrowIfNull(names);
        return Of(cases, prior, [.. names.Select(name => prior with { Name = name })]);
    }

    /// <summary>Fits weights, of each of which something else is believed beforehand.</summary>
    /// <param name="cases">What was seen.</param>
    /// <param name="background">Of what frustrates without a cause.</param>
    /// <param name="priors">Of the causes, in the order of the amounts, with their names; shapes above 1.</param>
    /// <exception cref="ArgumentException">Cases are too few or not as wide as the names.</exception>
    public static FrustrationModel Of(
        IReadOnlyList<FrustrationCase> cases, FrustrationCause background, IReadOnlyList<FrustrationCause> priors)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(priors);
        string[] names = [.. priors.Select(prior => prior.Name)];
        if (cases.Count(c => c.HadEnough) < MinCases || cases.Count(c => !c.HadEnough) < MinCases)
            throw new ArgumentException($"At least {MinCases} cases of either outcome are needed.", nameof(cases));
        if (cases.Any(c => c.Amounts.Length != names.Length || c.Amounts.Any(a => !(a >= 0 && double.IsFinite(a)))))
            throw new ArgumentException($"Each case has {names.Length} amounts, 0 or more.", nameof(cases));
        var rows = cases.Select(c => (Amounts: (double[])[1, .. c.Amounts], c.HadEnough)).ToList();
        FrustrationCause[] believed = [background, .. priors];
        var weights = Climb(rows, believed);
        var variances = Curvature(rows, weights, believed).Inverse().Diagonal();
        var causes = new FrustrationCause[weights.Length];
        for (var i = 0; i < causes.Length; i++)
        {
            var shape = weights[i] * weights[i] / variances[i];
            causes[i] = new FrustrationCause(i == 0 ? "" : names[i - 1], shape, shape / weights[i]);
        }
        return new FrustrationModel(causes[0], causes.AsSpan(1));
    }

    private static double[] Climb(List<(double[] Amounts, bool HadEnough)> rows, FrustrationCause[] priors)
    {
        var size = rows[0].Amounts.Length;
        var weights = Array.ConvertAll(priors, prior => prior.Shape / prior.Rate);
        var exposure = new double[size];
        foreach (var (amounts, _) in rows)
        {
            for (var i = 0; i < size; i++) exposure[i] += amounts[i];
        }
        for (var round = 0; round < MaxIterations; round++)
        {
            var strikes = new double[size];
            foreach (var (amounts, hadEnough) in rows)
            {
                if (!hadEnough) continue;
                // Expected strikes of each cause given at least one in all.
                var share = 1 / -SpecialFunctions.ExpM1(-Hazard(weights, amounts));
                for (var i = 0; i < size; i++) strikes[i] += weights[i] * amounts[i] * share;
            }
            var moved = 0.0;
            for (var i = 0; i < size; i++)
            {
                var next = (priors[i].Shape - 1 + strikes[i]) / (priors[i].Rate + exposure[i]);
                moved = Math.Max(moved, Math.Abs(next - weights[i]) / next);
                weights[i] = next;
            }
            if (moved < 1e-9) break;
        }
        return weights;
    }

    // Second derivatives of the negative log posterior.
    private static Matrix<double> Curvature(
        List<(double[] Amounts, bool HadEnough)> rows, double[] weights, FrustrationCause[] priors)
    {
        var size = weights.Length;
        var curvature = Matrix<double>.Build.Dense(size, size);
        foreach (var (amounts, hadEnough) in rows)
        {
            if (!hadEnough) continue;
            var hazard = Hazard(weights, amounts);
            var bend = Math.Exp(-hazard) / Math.Pow(1 - Math.Exp(-hazard), 2);
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++) curvature[i, j] += bend * amounts[i] * amounts[j];
            }
        }
        for (var i = 0; i < size; i++) curvature[i, i] += (priors[i].Shape - 1) / (weights[i] * weights[i]);
        return curvature;
    }

    private static double Hazard(double[] weights, double[] amounts)
    {
        var hazard = 0.0;
        for (var i = 0; i < weights.Length; i++) hazard += weights[i] * amounts[i];
        return Math.Max(hazard, 1e-12);
    }
}
