using MathNet.Numerics.LinearAlgebra;

namespace DToC.Learn.CustomerBase;

/// <summary>
/// Tells an optimum that the data vouch for from one that ran away: to a bound, or along a ridge on which the
/// likelihood hardly changes.
/// </summary>
internal static class Identification
{
    /// <summary>
    /// Greatest standard error of a parameter's logarithm: e^(1.645 * 2) is a factor of 27 either way, which is
    /// not to know the parameter.
    /// </summary>
    public const double MostLogError = 2;

    private const double AtBound = 1e-3;

    /// <summary>The fit of an optimum.</summary>
    /// <param name="optimum">Where the search ended.</param>
    /// <param name="names">Names of the parameters.</param>
    /// <param name="bounds">Their bounds.</param>
    /// <param name="parts">What each parameter tells of, for example <c>dropout</c>.</param>
    /// <param name="make">Makes the model.</param>
    public static Fit<TModel> Judge<TModel>(
        Optimum optimum, IReadOnlyList<string> names, IReadOnlyList<(double Low, double High)> bounds,
        IReadOnlyList<string> parts, Func<double[], TModel> make)
        where TModel : notnull
    {
        for (var i = names.Count - 1; i >= 0; i--)
        {
            var value = optimum.Parameters[i];
            if (Math.Log(value / bounds[i].Low) < AtBound || Math.Log(bounds[i].High / value) < AtBound)
                return Not(i, $"{names[i]} ran to its bound {value:G3}: the likelihood rises as far as it may go");
        }
        if (!TryInvert(optimum.Information, out var covariance))
            return Not(names.Count - 1, "the likelihood is flat or has no peak: its curvature says nothing");
        var errors = new double[names.Count];
        for (var i = names.Count - 1; i >= 0; i--)
        {
            var logError = Math.Sqrt(covariance[i, i]);
            if (logError > MostLogError)
                return Not(i, $"{names[i]} is known to a factor of e^{logError:G2} only: the likelihood is flat");
            errors[i] = optimum.Parameters[i] * logError;
        }
        return new Fit<TModel>.Fitted(
            make(optimum.Parameters), optimum.LogLikelihood, errors, covariance.ToRowMajorArray(), optimum.Iterations);

        Fit<TModel>.NotIdentified Not(int parameter, string why) => new($"{parts[parameter]} not identified", why);
    }

    private static bool TryInvert(Matrix<double> information, out Matrix<double> covariance)
    {
        covariance = information;
        if (!information.ForAll(double.IsFinite)) return false;
        var decomposed = information.Evd(Symmetricity.Symmetric);
        if (!(decomposed.EigenValues.Real().Minimum() > 0)) return false;
        var inverse = decomposed.EigenVectors
            * Matrix<double>.Build.DenseOfDiagonalVector(decomposed.EigenValues.Real().Map(value => 1 / value))
            * decomposed.EigenVectors.Transpose();
        // Symmetric to the last bit: what is stored is checked for it.
        covariance = (inverse + inverse.Transpose()) / 2;
        return true;
    }
}
