using System.Globalization;
using System.Text;
using DToC.Twin;

namespace DToC.Http.Console.Figures;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Style">Its class in the style sheet: a, b or c.</param>
/// <param name="Values">A value a point, the oldest first; null where nothing was measured.</param>
public sealed record ChartLine(string Name, string Style, IReadOnlyList<double?> Values)
{
    /// <summary>Units of a drawing from left to right; the page stretches it.</summary>
    public const int Width = 600;

    /// <summary>Units from bottom to top.</summary>
    public const int Height = 100;

    /// <summary>The newest value that was measured, or null.</summary>
    public double? Last => Values.LastOrDefault(value => value is not null);

    /// <summary>
    /// A line over a range: the samples of each point are made into one value. Points begin at whole multiples of
    /// their length, so that a sample stays in its point as time goes on.
    /// </summary>
    /// <param name="value">Of the samples of one point, of which there is at least one.</param>
    public static ChartLine Over(
        FigureBoard board, string name, string style, Func<IReadOnlyList<FigureSample>, double?> value)
    {
        var pointMs = board.Range.PointSeconds * 1000L;
        var newest = board.At.UnixMs / pointMs;
        var points = new List<FigureSample>?[board.Range.Points];
        foreach (var sample in board.Samples)
        {
            var place = points.Length - 1 - (newest - sample.At.UnixMs / pointMs);
            if (place >= 0 && place < points.Length) (points[place] ??= []).Add(sample);
        }
        return new ChartLine(name, style, Array.ConvertAll(points, samples => samples is null ? null : value(samples)));
    }

    /// <summary>A rate: what there was of something in a second.</summary>
    public static ChartLine Rate(FigureBoard board, string name, string style, Func<FigureSample, long> amount) =>
        Over(board, name, style, samples => samples.Sum(amount) / samples.Sum(sample => sample.Seconds));

    /// <summary>The least round number that no value exceeds: 1, 2, 3, 4, 5, 6 or 8 times a power of ten.</summary>
    public static double Top(IEnumerable<ChartLine> lines, double least)
    {
        var highest = Math.Max(least, lines.SelectMany(line => line.Values).Max() ?? 0);
        var power = Math.Pow(10, Math.Floor(Math.Log10(highest)));
        foreach (var step in (double[])[1, 2, 3, 4, 5, 6, 8])
        {
            if (step * power >= highest * 0.9999) return step * power;
        }
        return 10 * power;
    }

    /// <summary>The line as an SVG path; where nothing was measured it is interrupted.</summary>
    public string Path(double top) => Draw(top, isClosed: false);

    /// <summary>The area below the line as an SVG path.</summary>
    public string Area(double top) => Draw(top, isClosed: true);

    private string Draw(double top, bool isClosed)
    {
        var path = new StringBuilder();
        var begin = -1;
        for (var i = 0; i <= Values.Count; i++)
        {
            if (i < Values.Count && Values[i] is { } value)
            {
                var y = Height - Math.Clamp(value / top, 0, 1) * Height;
                path.Append(begin < 0 ? 'M' : 'L').Append(X(i)).Append(' ').Append(Number(y));
                // A lone point is drawn as a dash: a line to itself would be nothing.
                if (begin < 0 && (i + 1 == Values.Count || Values[i + 1] is null)) path.Append("h2");
                if (begin < 0) begin = i;
            }
            else if (begin >= 0)
            {
                if (isClosed) path.Append('L').Append(X(i - 1)).Append(' ').Append(Height)
                    .Append('L').Append(X(begin)).Append(' ').Append(Height).Append('Z');
                begin = -1;
            }
        }
        return path.ToString();
    }

    private string X(int place) => Number(place * (double)Width / Math.Max(1, Values.Count - 1));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
