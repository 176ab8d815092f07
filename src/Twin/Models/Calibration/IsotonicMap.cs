using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Calibration;

/// <summary>
/// A map of any rising shape: straight lines between the centres of pooled blocks, flat before the first and after
/// the last. Lines rather than steps, so that two customers with different scores within the blocks' range keep
/// their order.
/// </summary>
public sealed class IsotonicMap : CalibrationMap
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "isotonic";

    /// <summary>Most knots.</summary>
    public const int MaxKnots = 100_000;

    private readonly double[] _scores;
    private readonly double[] _probabilities;
    private readonly double[] _weights;

    /// <summary>A map through these knots; they are copied.</summary>
    /// <param name="knots">At least one, scores rising, probabilities in (0, 1) and never falling.</param>
    /// <exception cref="ArgumentException">They are not so.</exception>
    public IsotonicMap(ReadOnlySpan<IsotonicKnot> knots)
    {
        if (knots.Length is 0 or > MaxKnots)
            throw new ArgumentException($"{knots.Length} knots; a map has 1 to {MaxKnots}.", nameof(knots));
        (_scores, _probabilities, _weights) =
            (new double[knots.Length], new double[knots.Length], new double[knots.Length]);
        HasUncertainty = true;
        for (var i = 0; i < knots.Length; i++)
        {
            var (score, probability, weight) = knots[i];
            if (!double.IsFinite(score) || i > 0 && !(score > _scores[i - 1]))
                throw new ArgumentException(
                    $"knot {i}: score is {score}; scores must be finite and rise", nameof(knots));
            if (!(probability is > 0 and < 1) || i > 0 && probability < _probabilities[i - 1])
                throw new ArgumentException(
                    $"knot {i}: probability is {probability}; it must lie in (0, 1) and not fall", nameof(knots));
            if (!(weight >= 0 && double.IsFinite(weight)))
                throw new ArgumentException($"knot {i}: weight is {weight}; it must be 0 or more", nameof(knots));
            (_scores[i], _probabilities[i], _weights[i]) = (score, Clip(probability), weight);
            HasUncertainty &= weight > 0;
        }
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override bool HasUncertainty { get; }

    /// <summary>How many knots it has.</summary>
    public int Knots => _scores.Length;

    /// <inheritdoc/>
    public override double Of(double score) => double.IsNaN(score) ? double.NaN : At(score, _probabilities);

    /// <inheritdoc/>
    /// <remarks>
    /// Beta with the pooled outcomes as its counts and Jeffreys' half on either side (Brown, Cai and DasGupta,
    /// "Interval Estimation for a Binomial Proportion", Statistical Science 16(2), 2001, section 3).
    /// </remarks>
    public override double Draw(double score, Xoshiro256 random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var probability = Of(score);
        if (!HasUncertainty || double.IsNaN(probability)) return probability;
        var rows = At(score, _weights);
        return Clip(random.Beta(rows * probability + 0.5, rows * (1 - probability) + 0.5));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumbers("scores", _scores);
        writer.WriteNumbers("probabilities", _probabilities);
        writer.WriteNumbers("weights", _weights);
    }

    internal static new IsotonicMap Read(ModelFields map)
    {
        var (scores, probabilities, weights) =
            (map.Numbers("scores"), map.Numbers("probabilities"), map.Numbers("weights"));
        if (probabilities.Length != scores.Length || weights.Length != scores.Length)
            throw new InvalidDataException(
                $"{map.Path}: {scores.Length} scores, {probabilities.Length} probabilities and {weights.Length} "
                + "weights; they must be equally many.");
        return new IsotonicMap(
            [.. scores.Select((score, i) => new IsotonicKnot(score, probabilities[i], weights[i]))]);
    }

    private double At(double score, double[] values)
    {
        var found = Array.BinarySearch(_scores, score);
        if (found >= 0) return values[found];
        var next = ~found;
        if (next == 0) return values[0];
        if (next == values.Length) return values[^1];
        var share = (score - _scores[next - 1]) / (_scores[next] - _scores[next - 1]);
        return values[next - 1] + share * (values[next] - values[next - 1]);
    }
}
