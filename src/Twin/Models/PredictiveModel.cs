using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models;

/// <summary>
/// A model of a customer: values of named inputs in, one expected value or probability out, with how sure it is of
/// it and why. Immutable and pure: the same inputs give the same bytes.
/// </summary>
/// <remarks>
/// An input that is missing is NaN; an infinite one counts as missing. No vector of doubles makes a model throw. A
/// value that cannot be said is NaN. <see cref="Score"/> runs in turns and allocates nothing; all else is for reads
/// and records.
/// </remarks>
public abstract class PredictiveModel
{
    /// <summary>Most inputs a model may have.</summary>
    public const int MaxInputs = 1_024;

    /// <summary>Draws an <see cref="Interval"/> is taken from.</summary>
    public const int IntervalDraws = 1_000;

    // Of no meaning; the same for all, so that an interval is a function of model and inputs.
    private const ulong IntervalSeed = 0x1D70C;

    /// <summary>A model that reads these inputs.</summary>
    /// <exception cref="ArgumentException">There are too many, one has no name, or two have the same.</exception>
    protected PredictiveModel(IReadOnlyList<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count > MaxInputs)
            throw new ArgumentException($"{inputs.Count} inputs; a model has at most {MaxInputs}.", nameof(inputs));
        if (inputs.Any(string.IsNullOrEmpty))
            throw new ArgumentException("An input has no name.", nameof(inputs));
        if (inputs.GroupBy(i => i, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"The input '{twice.Key}' is named twice.", nameof(inputs));
        Inputs = [.. inputs];
    }

    /// <summary>Names of the inputs, in the order of the vectors the members take.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Word of its kind in the stored form; see <see cref="ModelKinds"/>.</summary>
    public abstract string Kind { get; }

    /// <summary>The scale on which its reasons add up.</summary>
    public abstract ReasonScale Scale { get; }

    /// <summary>The expected value or probability; NaN when it cannot be said. Allocates nothing.</summary>
    /// <param name="inputs">As many values as there are <see cref="Inputs"/>; NaN where missing.</param>
    public abstract double Score(ReadOnlySpan<double> inputs);

    /// <summary>
    /// Draws the expected value from what is known of it: from the posterior of this customer's own value where the
    /// model has one, and of the parameters where their covariance is known. False when the model knows neither.
    /// </summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <param name="draws">Filled when true; finite values.</param>
    public abstract bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws);

    /// <summary>Why the score is what it is: what each input adds, against a stated baseline.</summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    public abstract Explanation Explain(ReadOnlySpan<double> inputs);

    /// <summary>What models of its kind are not good for, a sentence each.</summary>
    public virtual IReadOnlyList<string> Limits => [];

    /// <summary>Whether <see cref="IntervalOf"/> is computed and not drawn.</summary>
    public virtual bool HasExactInterval => false;

    /// <summary>Writes all that makes the model, but its inputs' names, as members of an open JSON object.</summary>
    public abstract void WriteParameters(Utf8JsonWriter writer);

    /// <summary>
    /// The shortest interval that holds the expected value with a probability, and the score; null when the model does
    /// not know how sure it is, or cannot say a value.
    /// </summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="level">The probability, in (0, 1).</param>
    public virtual Interval? IntervalOf(ReadOnlySpan<double> inputs, double level)
    {
        var score = Score(inputs);
        if (!double.IsFinite(score)) return null;
        var draws = new double[IntervalDraws];
        return Draw(inputs, new Xoshiro256(IntervalSeed), draws)
            ? Interval.Shortest(draws, level).Including(score)
            : null;
    }
}
