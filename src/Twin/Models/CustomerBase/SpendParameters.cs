using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>A model of spend with how sure its fit is.</summary>
/// <param name="Model">The model.</param>
/// <param name="Covariance">Covariance of the logarithms of p, q and v; null when it is not known.</param>
public sealed record SpendParameters(GammaGamma Model, LogCovariance? Covariance = null)
{
    private const int Count = 3;

    /// <summary>
    /// Expected mean spend of a purchase. A customer without repeat purchases, or with repeats of 0 in sum, is
    /// expected to spend the population's mean: nothing else is known.
    /// </summary>
    public double Expected(double x, double meanSpend) => Model.ExpectedSpend(meanSpend > 0 ? x : 0, meanSpend);

    /// <summary>Draws the customer's own mean spend, of parameters as they may be.</summary>
    internal double Draw(double x, double meanSpend, Xoshiro256 random)
    {
        if (Covariance is null) return Model.DrawMean(x, meanSpend, random);
        Span<double> drawn = stackalloc double[Count];
        Covariance.Draw([Model.P, Model.Q, Model.V], random, drawn);
        return new GammaGamma(drawn[0], drawn[1], drawn[2]).DrawMean(x, meanSpend, random);
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteNumber("p", Model.P);
        writer.WriteNumber("q", Model.Q);
        writer.WriteNumber("v", Model.V);
        LogCovariance.Write(writer, Covariance);
    }

    internal static SpendParameters Read(ModelFields parameters)
    {
        var read = new SpendParameters(
            new GammaGamma(parameters.Number("p"), parameters.Number("q"), parameters.Number("v")),
            LogCovariance.Read(parameters, Count));
        parameters.End();
        return read;
    }
}
