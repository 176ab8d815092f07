namespace DToC.Learn.Trees;

/// <summary>Sums over the rows of a bin or a leaf.</summary>
internal struct Sums(double gradient, double curvature, int rows)
{
    /// <summary>Of the loss's first derivatives.</summary>
    public double Gradient = gradient;

    /// <summary>Of its second derivatives.</summary>
    public double Curvature = curvature;

    /// <summary>How many rows.</summary>
    public int Rows = rows;

    public static Sums operator +(in Sums a, in Sums b) =>
        new(a.Gradient + b.Gradient, a.Curvature + b.Curvature, a.Rows + b.Rows);

    public static Sums operator -(in Sums a, in Sums b) =>
        new(a.Gradient - b.Gradient, a.Curvature - b.Curvature, a.Rows - b.Rows);

    /// <summary>In place: histograms are filled by it.</summary>
    public void Add(in Sums other)
    {
        Gradient += other.Gradient;
        Curvature += other.Curvature;
        Rows += other.Rows;
    }
}

/// <summary>The best way found to divide a leaf.</summary>
/// <param name="Gain">What twice the loss falls by; 0 or less when none was found.</param>
/// <param name="Column">What it reads.</param>
/// <param name="Bin">The last bin that goes left.</param>
/// <param name="IsMissingLeft">Where rows go of which the value is missing.</param>
/// <param name="Left">Sums of the rows that go left.</param>
internal readonly record struct FoundSplit(double Gain, int Column, int Bin, bool IsMissingLeft, Sums Left);
