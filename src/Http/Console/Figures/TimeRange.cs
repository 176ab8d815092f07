namespace DToC.Http.Console.Figures;

/// <summary>How far back charts reach, and how much time one of their points stands for.</summary>
/// <param name="Minutes">Length of the charts.</param>
/// <param name="PointSeconds">Length of a point; about a hundred of them make a chart.</param>
public sealed record TimeRange(int Minutes, int PointSeconds)
{
    /// <summary>The last five minutes.</summary>
    public static readonly TimeRange Short = new(5, 3);

    /// <summary>All that is kept.</summary>
    public static readonly TimeRange Long = new(15, 8);

    /// <summary>Those to choose from.</summary>
    public static readonly IReadOnlyList<TimeRange> All = [Short, Long];

    /// <summary>Points of a chart.</summary>
    public int Points => Minutes * 60 / PointSeconds;

    /// <summary>The range of so many minutes, or the shortest.</summary>
    public static TimeRange Of(int? minutes) => All.FirstOrDefault(range => range.Minutes == minutes) ?? Short;
}
