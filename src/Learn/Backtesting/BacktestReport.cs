using System.Globalization;
using System.Text;
using DToC.Learn.Training;
using DToC.Twin;

namespace DToC.Learn.Backtesting;

/// <summary>A file of a report.</summary>
/// <param name="Name">Its name, without folders.</param>
/// <param name="Text">Its content.</param>
public sealed record ReportFile(string Name, string Text);

/// <summary>Writes a back-test for people (Markdown with plots) and for programs (JSON).</summary>
public static class BacktestReport
{
    /// <summary>
    /// <c>backtest.md</c>, <c>backtest.json</c> and a plot a model. The same back-test gives the same bytes.
    /// </summary>
    public static IReadOnlyList<ReportFile> Files(Backtest backtest)
    {
        ArgumentNullException.ThrowIfNull(backtest);
        var files = new List<ReportFile>
        {
            new("backtest.md", Markdown(backtest)),
            new("backtest.json", ToJson(backtest)),
        };
        foreach (var model in backtest.Models)
        {
            if (Shown(model) is not { Tenths.Count: > 0 } grade) continue;
            files.Add(new ReportFile(
                PlotOf(model), CalibrationPlot.Of(model.Model, model.Unit ?? "value", grade.Tenths)));
        }
        return files;
    }

    /// <summary>The back-test as JSON.</summary>
    public static string ToJson(Backtest backtest) => ReportJson.Of(backtest);

    private static string Markdown(Backtest backtest)
    {
        var text = new StringBuilder();
        Line(text, $"# Back-test of {backtest.Definition}");
        Line(text, "");
        Line(text, $"Definition and models `{backtest.Hash:x16}`; events from {backtest.From} to {backtest.Until}.");
        Line(text, "Every forecast is made from what had happened by its moment, and compared with what came after.");
        foreach (var model in backtest.Models) Section(text, model);
        return text.ToString();
    }

    private static void Section(StringBuilder text, ModelBacktest model)
    {
        Line(text, "");
        Line(text, $"## {model.Model}");
        Line(text, "");
        Line(text, $"{model.Forecast} As of {model.At}.");
        Line(text, "");
        foreach (var remark in model.Remarks) Line(text, $"- {remark}");
        if (model.Remarks.Count > 0) Line(text, "");
        var rows = RowsOf(model).ToList();
        if (rows.Count == 0) return;
        var names = rows[0].Measures.Keys.ToList();
        Line(text, $"| forecast by | customers | {string.Join(" | ", names)} |");
        Line(text, $"| --- | ---: |{string.Concat(names.Select(_ => " ---: |"))}");
        foreach (var (name, count, measures) in rows)
        {
            Line(text, $"| {name} | {count} | "
                + $"{string.Join(" | ", names.Select(n => Shown(measures.GetValueOrDefault(n, double.NaN))))} |");
        }
        if (Shown(model) is not { Tenths.Count: > 0 } grade) return;
        Line(text, "");
        Line(text, $"![What was forecast and what came]({PlotOf(model)})");
        Line(text, "");
        Line(text, "| tenth | customers | forecast | came | error | interval | within |");
        Line(text, "| ---: | ---: | ---: | ---: | ---: | ---: | --- |");
        for (var i = 0; i < grade.Tenths.Count; i++)
        {
            var t = grade.Tenths[i];
            var interval = t.IsWithin is null ? "" : $"{Shown(t.Low)} to {Shown(t.High)}";
            var within = t.IsWithin switch { true => "yes", false => "no", null => "" };
            Line(text, $"| {i + 1} | {t.Rows} | {Shown(t.Forecast)} | {Shown(t.Outcome)} | {Shown(t.OutcomeError)} "
                + $"| {interval} | {within} |");
        }
    }

    private static IEnumerable<(string Name, int Rows, IReadOnlyDictionary<string, double> Measures)> RowsOf(
        ModelBacktest model)
    {
        if (model.InForce is { } inForce) yield return ("the model in force", inForce.Rows, inForce.Model.Measures);
        if (model.Refitted is { } refitted)
            yield return ("the same, fitted to what was known", refitted.Rows, refitted.Model.Measures);
        if (Shown(model) is not { } shown) yield break;
        foreach (var naive in shown.Naive) yield return ($"naive: {naive.Name}", shown.Rows, naive.Measures);
    }

    // The plot and the tenths are of what could really have been forecast then.
    private static Grade? Shown(ModelBacktest model) => model.Refitted ?? model.InForce;

    private static string PlotOf(ModelBacktest model) => $"{model.Model}.svg";

    private static string Shown(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
