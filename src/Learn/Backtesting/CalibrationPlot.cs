using System.Globalization;
using System.Text;
using DToC.Learn.Training;

namespace DToC.Learn.Backtesting;

/// <summary>Draws what was forecast against what came, a dot for each tenth of the customers, as SVG.</summary>
internal static class CalibrationPlot
{
    private const int Size = 420;
    private const int Margin = 56;

    public static string Of(string title, string unit, IReadOnlyList<GradeTenth> tenths)
    {
        var most = tenths.SelectMany(t => (double[])[t.Forecast, t.Came.High, Known(t.High)])
            .DefaultIfEmpty(1).Max();
        if (!(most > 0)) most = 1;
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Size}\" height=\"{Size}\" "
            + "font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, $"<rect width=\"{Size}\" height=\"{Size}\" fill=\"white\"/>");
        Line(svg, $"<text x=\"{Size / 2}\" y=\"24\" text-anchor=\"middle\" font-size=\"14\">{Escaped(title)}</text>");
        Axes(svg, unit, most);
        foreach (var tenth in tenths) Dot(svg, tenth, most);
        Line(svg, "</svg>");
        return svg.ToString();
    }

    private static void Axes(StringBuilder svg, string unit, double most)
    {
        var (low, high) = (Margin, Size - Margin);
        Line(svg, $"<path d=\"M{low} {low}V{high}H{high}\" fill=\"none\" stroke=\"black\"/>");
        Line(svg, $"<path d=\"M{low} {high}L{high} {low}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>");
        foreach (var part in (double[])[0, 0.5, 1])
        {
            var label = (part * most).ToString("G3", CultureInfo.InvariantCulture);
            Line(svg, $"<text x=\"{X(part)}\" y=\"{high + 18}\" text-anchor=\"middle\">{label}</text>");
            Line(svg, $"<text x=\"{low - 6}\" y=\"{Y(part)}\" text-anchor=\"end\">{label}</text>");
        }
        Line(svg, $"<text x=\"{Size / 2}\" y=\"{Size - 12}\" text-anchor=\"middle\">forecast ({Escaped(unit)})</text>");
        Line(svg, $"<text x=\"16\" y=\"{Size / 2}\" text-anchor=\"middle\" "
            + $"transform=\"rotate(-90 16 {Size / 2})\">what came</text>");
    }

    // The dot, where the mean of what came may lie, and the mean interval of the forecasts.
    private static void Dot(StringBuilder svg, GradeTenth tenth, double most)
    {
        var (x, y) = (X(tenth.Forecast / most), Y(tenth.Outcome / most));
        Line(svg, $"<path d=\"M{x} {Y(tenth.Came.Low / most)}V{Y(tenth.Came.High / most)}\" stroke=\"#1565c0\"/>");
        if (!double.IsNaN(tenth.Low))
            Line(svg, $"<path d=\"M{X(tenth.Low / most)} {y}H{X(tenth.High / most)}\" stroke=\"#ef6c00\"/>");
        Line(svg, $"<circle cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"#1565c0\"/>");
    }

    private static string X(double part) => Place(Margin + Math.Clamp(part, 0, 1) * (Size - 2 * Margin));

    private static string Y(double part) => Place(Size - Margin - Math.Clamp(part, 0, 1) * (Size - 2 * Margin));

    private static string Place(double place) => place.ToString("0.#", CultureInfo.InvariantCulture);

    private static double Known(double value) => double.IsFinite(value) ? value : 0;

    private static string Escaped(string text) => System.Security.SecurityElement.Escape(text);

    private static void Line(StringBuilder svg, string line) => svg.Append(line).Append('\n');
}
