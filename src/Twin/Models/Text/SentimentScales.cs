namespace DToC.Twin.Models.Text;

/// <summary>
/// How a <see cref="LinearSentiment"/> makes evidence of weights, and value and sureness of evidence.
/// </summary>
/// <param name="Bias">Evidence before any feature.</param>
/// <param name="Unit">What one step of a stored weight is worth.</param>
/// <param name="ValuePer">Value per evidence.</param>
/// <param name="Deviation">Standard deviation of people's mean rating, in units of the value, around it.</param>
/// <param name="SureFrom">Log-odds that the sign is right, at no evidence.</param>
/// <param name="SurePer">The same per evidence on either side.</param>
public readonly record struct SentimentScales(
    double Bias, double Unit, double ValuePer, double Deviation, double SureFrom, double SurePer)
{
    /// <summary>How many numbers they are.</summary>
    internal const int Count = 6;

    /// <summary>Whether all are finite numbers.</summary>
    internal bool AreFinite => double.IsFinite(Bias) && double.IsFinite(Unit) && double.IsFinite(ValuePer)
        && double.IsFinite(Deviation) && double.IsFinite(SureFrom) && double.IsFinite(SurePer);

    internal static SentimentScales From(ReadOnlySpan<double> v) => new(v[0], v[1], v[2], v[3], v[4], v[5]);

    internal void CopyTo(Span<double> into) =>
        ((double[])[Bias, Unit, ValuePer, Deviation, SureFrom, SurePer]).CopyTo(into);
}
