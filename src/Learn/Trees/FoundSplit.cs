namespace DToC.Learn.Trees;

/// <summary>Sums over the rows of a bin or a leaf.</summary>
/// <param name="Gradient">Of the loss's first derivatives.</param>
/// <param name="Curvature">Of its second derivatives.</param>
/// <param name="Rows">How many rows.</param>
internal readonly record struct Sums(double Gradient, double Curvature, int Rows)
{
    public static Sums operator +(Sums a, Sums b) =>
        new(a.Gradient + b.Gradient, a.Curvature + b.Curvature, a.Rows + b.Rows);

    public static Sums operator -(Sums a, Sums b) =>
        new(a.Gradient - b.Gradient, a.Curvature - b.Curvature, a.Rows - b.Rows);
}

/// <summary>The best way found to divide a leaf.</summary>
/// <param name="Gain">What twice the loss falls by; 0 or less when none was found.</param>
/// <param name="Column">What it reads.</param>
/// <param name="Bin">The last bin that goes left.</param>
/// <param name="IsMissingLeft">Where rows go of which the value is missing.</param>
/// <param name="Left">Sums of the rows that go left.</param>
internal readonly record struct FoundSplit(double Gain, int Column, int Bin, bool IsMissingLeft, Sums Left);
