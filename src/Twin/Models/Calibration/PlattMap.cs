using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Calibration;

/// <summary>
/// A map of two parameters: probability = 1 / (1 + e^-(offset + slope * score)). J. Platt, "Probabilistic Outputs for
/// Support Vector Machines", 1999, eq. 1, whose A and B are the negatives of slope and offset.
/// </summary>
public sealed class PlattMap : CalibrationMap
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "platt";

    private const double MaxLogOdds = 1e6;

    private readonly double[] _covariance;

    /// <summary>A map of these parameters.</summary>
    /// <param name="slope">Log-odds a unit of the score, finite and 0 or more.</param>
    /// <param name="offset">Log-odds at a score of 0, finite.</param>
    /// <param name="isOfLogOdds">
    /// Whether the score is a probability of which the log-odds are read: slope 1 and offset 0 then leave it as it is.
    /// </param>
    /// <param name="covariance">
    /// Variance of the offset, covariance, variance of the slope; empty when they are not known.
    /// </param>
    /// <exception cref="ArgumentException">One of them is not so.</exception>
    public PlattMap(double slope, double offset, bool isOfLogOdds, ReadOnlySpan<double> covariance = default)
    {
        if (!(slope >= 0 && double.IsFinite(slope)))
            throw new ArgumentException($"slope is {slope}; it must be finite and 0 or more", nameof(slope));
        if (!double.IsFinite(offset))
            throw new ArgumentException($"offset is {offset}; it must be finite", nameof(offset));
        if (covariance.Length is not (0 or 3))
            throw new ArgumentException($"covariance has {covariance.Length} values; 3 or none", nameof(covariance));
        if (covariance.Length == 3 && !(covariance[0] >= 0 && covariance[2] >= 0 && double.IsFinite(covariance[1])))
            throw new ArgumentException("covariance has negative variances", nameof(covariance));
        (Slope, Offset, IsOfLogOdds) = (slope, offset, isOfLogOdds);
        _covariance = covariance.ToArray();
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <summary>Log-odds a unit of what is read.</summary>
    public double Slope { get; }

    /// <summary>Log-odds where what is read is 0.</summary>
    public double Offset { get; }

    /// <summary>Whether the log-odds of the score are read in its place.</summary>
    public bool IsOfLogOdds { get; }

    /// <inheritdoc/>
    public override bool HasUncertainty => _covariance.Length > 0;

    /// <inheritdoc/>
    public override double Of(double score) => double.IsNaN(score)
        ? double.NaN
        : Clip(Logistic.Sigmoid(Offset + Math.Clamp(Slope * Read(score), -MaxLogOdds, MaxLogOdds)));

    /// <inheritdoc/>
    public override double Draw(double score, Xoshiro256 random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!HasUncertainty) return Of(score);
        var read = Read(score);
        var variance = _covariance[0] + read * (2 * _covariance[1] + read * _covariance[2]);
        var deviation = double.IsFinite(variance) ? Math.Sqrt(Math.Max(0, variance)) : MaxLogOdds;
        var logOdds = Offset + Math.Clamp(Slope * read, -MaxLogOdds, MaxLogOdds);
        return Clip(Logistic.Sigmoid(logOdds + deviation * random.Normal()));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("slope", Slope);
        writer.WriteNumber("offset", Offset);
        if (IsOfLogOdds) writer.WriteBoolean("isOfLogOdds", true);
        if (_covariance.Length == 0) return;
        writer.WriteNumbers("covariance", _covariance);
    }

    internal static new PlattMap Read(ModelFields map) => new(
        map.Number("slope"), map.Number("offset"), map.Flag("isOfLogOdds"), map.NumbersOrNone("covariance"));

    private double Read(double score)
    {
        if (!IsOfLogOdds) return Math.Clamp(score, -double.MaxValue, double.MaxValue);
        return Logistic.LogOddsOf(Clip(score));
    }
}
