using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using MathNet.Numerics.LinearAlgebra;

namespace DToC.Learn.CustomerBase;

/// <summary>A contract as it was seen.</summary>
/// <param name="Tenure">Periods survived before the first seen, from 0.</param>
/// <param name="Periods">Periods seen, from 1.</param>
/// <param name="HasLeft">Whether the customer left at the end of the last of them.</param>
/// <param name="Covariates">Values that hold for all of them; NaN where missing.</param>
public sealed record ContractSpell(int Tenure, int Periods, bool HasLeft, IReadOnlyList<double> Covariates);

/// <summary>
/// Fits the discrete-time hazard: a logistic regression on periods at risk (Singer and Willett 1993) by Newton's
/// method. Effects and weights of standardised covariates have a normal prior of standard deviation
/// <see cref="PriorDeviation"/>, which says next to nothing and keeps a period in which nobody left from minus
/// infinity.
/// </summary>
public static class HazardFit
{
    /// <summary>Standard deviation of the prior, in log-odds.</summary>
    public const double PriorDeviation = 10;

    private const int MaxSteps = 50;

    /// <summary>Fits on contracts.</summary>
    /// <param name="spells">The contracts.</param>
    /// <param name="tenure">Name of the input that counts periods survived.</param>
    /// <param name="covariates">Names of the covariates.</param>
    /// <param name="effects">Periods with an effect of their own; later ones share the last.</param>
    /// <param name="horizon">Periods ahead the model is to be asked for.</param>
    /// <param name="period">How much of the input that counts periods makes one.</param>
    public static Fit<HazardForecast> Of(
        IReadOnlyList<ContractSpell> spells, string tenure, IReadOnlyList<string> covariates, int effects, int horizon,
        double period = 1)
    {
        ArgumentNullException.ThrowIfNull(spells);
        ArgumentNullException.ThrowIfNull(covariates);
        if (Validate(spells, covariates.Count, effects) is { } error) return new Fit<HazardForecast>.Invalid(error);
        var inputs = Standardise(spells, covariates);
        var at = Vector<double>.Build.Dense(effects + inputs.Length);
        var (value, slope, information) = Posterior(at, spells, inputs, effects);
        var steps = 0;
        for (; steps < MaxSteps; steps++)
        {
            var move = information.Cholesky().Solve(slope);
            // Half a step until it climbs: the log-posterior is concave, so some share of it does.
            var (share, climbed) = (1.0, false);
            for (; share > 1e-6 && !climbed; share /= 2)
            {
                var next = Posterior(at + share * move, spells, inputs, effects);
                if (!(next.Value >= value)) continue;
                climbed = true;
                at += share * move;
                (value, slope, information) = next;
            }
            if (!climbed || move.L2Norm() < 1e-9) break;
        }
        var covariance = information.Inverse();
        covariance = (covariance + covariance.Transpose()) / 2;
        var weighted = inputs.Select((input, i) => input with { Weight = at[effects + i] }).ToArray();
        var model = new HazardForecast(
            at.SubVector(0, effects).ToArray(), tenure, weighted, horizon, isChurn: true,
            covariance.ToRowMajorArray(), period);
        return new Fit<HazardForecast>.Fitted(
            model, value + 0.5 * at.DotProduct(at) / (PriorDeviation * PriorDeviation),
            covariance.Diagonal().PointwiseSqrt().ToArray(), covariance.ToRowMajorArray(), steps);
    }

    private static string? Validate(IReadOnlyList<ContractSpell> spells, int covariates, int effects)
    {
        if (effects is < 1 or > HazardForecast.MaxEffects)
            return $"{effects} effects; 1 to {HazardForecast.MaxEffects} go";
        if (covariates > HazardForecast.MaxCovariates)
            return $"{covariates} covariates; at most {HazardForecast.MaxCovariates} go";
        if (spells.Any(s => s.Tenure < 0 || s.Periods < 1 || s.Covariates.Count != covariates))
            return $"a contract has a tenure from 0, periods from 1 and {covariates} covariates";
        var left = spells.Count(s => s.HasLeft);
        return left == 0 || left == spells.Sum(s => (long)s.Periods)
            ? "nobody left, or nobody stayed: there is no hazard to learn"
            : null;
    }

    private static LogisticInput[] Standardise(IReadOnlyList<ContractSpell> spells, IReadOnlyList<string> names)
    {
        var inputs = new LogisticInput[names.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            var values = spells.Select(s => s.Covariates[i]).Where(double.IsFinite).ToArray();
            var mean = values.Length == 0 ? 0 : values.Average();
            var spread = values.Length == 0 ? 0 : Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            inputs[i] = new LogisticInput(names[i], 0, mean, spread > 0 ? spread : 1);
        }
        return inputs;
    }

    // Log-posterior, its gradient, and minus its second derivatives.
    private static (double Value, Vector<double> Slope, Matrix<double> Information) Posterior(
        Vector<double> at, IReadOnlyList<ContractSpell> spells, LogisticInput[] inputs, int effects)
    {
        const double precision = 1 / (PriorDeviation * PriorDeviation);
        var value = -0.5 * precision * at.DotProduct(at);
        var slope = -precision * at;
        var information = precision * Matrix<double>.Build.DenseIdentity(at.Count);
        var z = new double[inputs.Length];
        foreach (var spell in spells)
        {
            var shift = 0.0;
            for (var i = 0; i < z.Length; i++)
            {
                var given = spell.Covariates[i];
                z[i] = double.IsFinite(given) ? (given - inputs[i].Mean) / inputs[i].Scale : 0;
                shift += z[i] * at[effects + i];
            }
            for (var k = 0; k < spell.Periods; k++)
            {
                var effect = Math.Min(spell.Tenure + k, effects - 1);
                var leaves = spell.HasLeft && k == spell.Periods - 1;
                var hazard = Logistic.Sigmoid(at[effect] + shift);
                value += Math.Log(Math.Max(leaves ? hazard : 1 - hazard, double.Epsilon));
                Add(slope, information, effect, z, effects, (leaves ? 1 : 0) - hazard, hazard * (1 - hazard));
            }
        }
        return (value, slope, information);
    }

    private static void Add(
        Vector<double> slope, Matrix<double> information, int effect, double[] z, int effects, double residual,
        double weight)
    {
        slope[effect] += residual;
        information[effect, effect] += weight;
        for (var i = 0; i < z.Length; i++)
        {
            slope[effects + i] += residual * z[i];
            information[effect, effects + i] += weight * z[i];
            information[effects + i, effect] += weight * z[i];
            for (var j = 0; j < z.Length; j++) information[effects + i, effects + j] += weight * z[i] * z[j];
        }
    }
}
