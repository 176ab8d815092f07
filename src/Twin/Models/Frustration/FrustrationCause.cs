namespace DToC.Twin.Models.Frustration;

/// <summary>
/// Something that frustrates: what a decayed unit of it (a failed payment, a repeated contact, a burst of clicks, a
/// minute of waiting) adds to the hazard of having had enough, known as a gamma distribution.
/// </summary>
/// <param name="Name">The input: its decayed amount up to now, 0 or more.</param>
/// <param name="Shape">Shape of the weight's distribution, above 0: as much evidence as so many events.</param>
/// <param name="Rate">Its rate, above 0; the mean weight is shape / rate.</param>
public readonly record struct FrustrationCause(string Name, double Shape, double Rate)
{
    /// <summary>A cause of a mean weight that is known to a share of itself.</summary>
    /// <param name="weight">Mean weight of a unit, above 0: 0.2 drives about a fifth of calm customers off.</param>
    /// <param name="uncertainty">Its standard deviation as a share of the mean, above 0.</param>
    public static FrustrationCause Of(string name, double weight, double uncertainty)
    {
        var shape = 1 / (uncertainty * uncertainty);
        return new FrustrationCause(name, shape, shape / weight);
    }
}
