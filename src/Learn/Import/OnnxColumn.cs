using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>What is done to a column on its way to the model.</summary>
internal enum ColumnOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,

    /// <summary>What is missing becomes the constant.</summary>
    Fill,
}

/// <summary>A step of a column; in 32 bits, as the runtime computes it.</summary>
internal readonly record struct ColumnStep(ColumnOperator Operator, float Constant)
{
    public float Of(float value) => Operator switch
    {
        ColumnOperator.Add => value + Constant,
        ColumnOperator.Subtract => value - Constant,
        ColumnOperator.Multiply => value * Constant,
        ColumnOperator.Divide => value / Constant,
        _ => float.IsNaN(value) ? Constant : value,
    };
}

/// <summary>A column of an input of the graph, and what is done to it before the model reads it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Steps">What is done, in order.</param>
internal sealed record OnnxColumn(string Name, IReadOnlyList<ColumnStep> Steps)
{
    private const int MaxSteps = 16;

    /// <summary>With one step more.</summary>
    /// <exception cref="InvalidDataException">It makes of all values one, or no number.</exception>
    public OnnxColumn With(ColumnOperator what, double constant)
    {
        var isFactor = what is ColumnOperator.Multiply or ColumnOperator.Divide;
        if (!float.IsFinite((float)constant) || (isFactor && (float)constant == 0))
            throw new InvalidDataException($"'{Name}': {what} by {constant} leaves nothing of it.");
        if (Steps.Count == MaxSteps)
            throw new InvalidDataException($"'{Name}': more than {MaxSteps} steps before the model.");
        return new OnnxColumn(Name, [.. Steps, new ColumnStep(what, (float)constant)]);
    }

    /// <summary>value * Factor + Shift is what the model reads of a value that is there; in 64 bits.</summary>
    public (double Factor, double Shift) Affine()
    {
        var (factor, shift) = (1.0, 0.0);
        foreach (var (what, constant) in Steps)
        {
            (factor, shift) = what switch
            {
                ColumnOperator.Add => (factor, shift + constant),
                ColumnOperator.Subtract => (factor, shift - constant),
                ColumnOperator.Multiply => (factor * constant, shift * constant),
                ColumnOperator.Divide => (factor / constant, shift / constant),
                _ => (factor, shift),
            };
        }
        return (factor, shift);
    }

    /// <summary>The value that stands for a missing one; null when nothing does.</summary>
    public double? Missing()
    {
        var (factor, shift) = Affine();
        return At(float.NaN) is var filled && float.IsNaN(filled) ? null : (filled - shift) / factor;
    }

    /// <summary>
    /// A split of the column as the model reads it, as one of the column itself that sends every number the same way.
    /// </summary>
    /// <remarks>Each step is monotone also when rounded, so that there is a last number that goes one way.</remarks>
    /// <exception cref="InvalidDataException">The split asks whether it is equal.</exception>
    public TreeSplit Unscaled(TreeSplit split)
    {
        if (Steps.Count == 0) return split;
        if (split.Test is not (SplitTest.AtMost or SplitTest.Below or SplitTest.AtLeast or SplitTest.Above))
            throw new InvalidDataException($"'{Name}': a split by {split.Test} behind a Scaler is not known.");
        var missing = At(float.NaN);
        if (!float.IsNaN(missing)) split = split with { IsMissingLeft = Holds(split, missing) };
        if (Steps.All(step => step.Operator == ColumnOperator.Fill)) return split;
        // Whether the smallest numbers go left.
        var isFalling = Steps.Count(s =>
            s.Operator is ColumnOperator.Multiply or ColumnOperator.Divide && s.Constant < 0) % 2 == 1;
        var isLeftBelow = split.Test is SplitTest.AtMost or SplitTest.Below != isFalling;
        var (low, high) = (PlaceOf(-float.MaxValue) - 1L, (long)PlaceOf(float.MaxValue));
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (Holds(split, At(AtPlace((int)middle))) == isLeftBelow) low = middle;
            else high = middle - 1;
        }
        // Where no number goes as the smallest would: below all of them there is none.
        if (low < PlaceOf(-float.MaxValue))
            return split with { Test = isLeftBelow ? SplitTest.Below : SplitTest.AtLeast, Threshold = -float.MaxValue };
        return split with
        {
            Test = isLeftBelow ? SplitTest.AtMost : SplitTest.Above, Threshold = AtPlace((int)low),
        };
    }

    private float At(float value)
    {
        foreach (var step in Steps) value = step.Of(value);
        return value;
    }

    private static bool Holds(TreeSplit split, float value) => split.Test switch
    {
        SplitTest.AtMost => value <= (float)split.Threshold,
        SplitTest.Below => value < (float)split.Threshold,
        SplitTest.AtLeast => value >= (float)split.Threshold,
        _ => value > (float)split.Threshold,
    };

    // Numbers of 32 bits in their order, by whole numbers without gaps.
    private static int PlaceOf(float value)
    {
        var bits = BitConverter.SingleToInt32Bits(value);
        return bits < 0 ? int.MinValue - bits : bits;
    }

    private static float AtPlace(int place) =>
        BitConverter.Int32BitsToSingle(place < 0 ? int.MinValue - place : place);
}
