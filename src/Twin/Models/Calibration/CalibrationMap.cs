using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Calibration;

/// <summary>
/// A map, never falling, from a model's score to the probability that was seen with such scores. Immutable and pure.
/// </summary>
public abstract class CalibrationMap
{
    /// <summary>
    /// No probability is below this or above one less this: no finite sample shows that a thing cannot be, and the
    /// log-odds stay finite.
    /// </summary>
    public const double MinProbability = 1e-9;

    private protected CalibrationMap()
    {
    }

    /// <summary>Word of its kind in the stored form.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether the map knows how sure it is of itself.</summary>
    public abstract bool HasUncertainty { get; }

    /// <summary>
    /// Probability of a score, within <see cref="MinProbability"/> of 0 and 1 at the nearest; NaN of NaN. Allocates
    /// nothing.
    /// </summary>
    public abstract double Of(double score);

    /// <summary>A draw of the probability of a score from what is known of the map itself.</summary>
    /// <param name="score">Not NaN.</param>
    /// <param name="random">Where randomness comes from.</param>
    public abstract double Draw(double score, Xoshiro256 random);

    /// <summary>Writes what makes the map, but its kind, as members of an open JSON object.</summary>
    public abstract void Write(Utf8JsonWriter writer);

    /// <summary>Reads a stored map.</summary>
    /// <exception cref="InvalidDataException">It is no map this build knows; the message says why.</exception>
    public static CalibrationMap Read(ModelFields map)
    {
        ArgumentNullException.ThrowIfNull(map);
        CalibrationMap read = map.Text("kind") switch
        {
            IsotonicMap.KindWord => IsotonicMap.Read(map),
            PlattMap.KindWord => PlattMap.Read(map),
            var other => throw new InvalidDataException(
                $"{map.Path}.kind: '{other}' is not known; it is {IsotonicMap.KindWord} or {PlattMap.KindWord}."),
        };
        map.End();
        return read;
    }

    /// <summary>A probability kept off 0 and 1 by <see cref="MinProbability"/>.</summary>
    protected static double Clip(double probability) =>
        Math.Clamp(probability, MinProbability, 1 - MinProbability);
}
