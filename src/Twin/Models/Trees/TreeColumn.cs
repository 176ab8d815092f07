namespace DToC.Twin.Models.Trees;

/// <summary>What stands for an input that is missing, so that one comparison sends it where it is to go.</summary>
internal enum ColumnView : byte
{
    /// <summary>0.</summary>
    Zero,

    /// <summary>Minus infinity: below all thresholds.</summary>
    Left,

    /// <summary>Plus infinity: above all thresholds.</summary>
    Right,

    /// <summary>Minus infinity, for what is next to zero as well.</summary>
    ZeroLeft,

    /// <summary>Plus infinity, for what is next to zero as well.</summary>
    ZeroRight,
}

/// <summary>
/// An input as some splits see it. A row is put into columns once; the walks down the trees then need no thought of
/// missing values.
/// </summary>
internal readonly record struct TreeColumn(int Input, ColumnView View)
{
    // kZeroThreshold of LightGBM, a double made of a literal of 32 bits.
    private const double NextToZero = 1e-35f;

    /// <summary>How a split sees its input, when rows with a missing one are to go left or right.</summary>
    public static TreeColumn Of(int input, MissingRule missing, bool isMissingLeft) => new(input, missing switch
    {
        MissingRule.ReadAsZero => ColumnView.Zero,
        MissingRule.AbsentOrZero => isMissingLeft ? ColumnView.ZeroLeft : ColumnView.ZeroRight,
        _ => isMissingLeft ? ColumnView.Left : ColumnView.Right,
    });

    /// <summary>The value of the column; never NaN.</summary>
    public double ValueOf(ReadOnlySpan<double> inputs, TreePrecision precision)
    {
        var value = inputs[Input];
        // Beyond the range of 32 bits a value is above all thresholds, as it was, and not missing.
        if (double.IsFinite(value))
        {
            if (precision == TreePrecision.Single) value = (float)value;
            if (View < ColumnView.ZeroLeft || !(Math.Abs(value) <= NextToZero)) return value;
        }
        return View switch
        {
            ColumnView.Zero => 0,
            ColumnView.Left or ColumnView.ZeroLeft => double.NegativeInfinity,
            _ => double.PositiveInfinity,
        };
    }
}
