using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Learn.Backtesting;
using DToC.Twin;

namespace DToC.Learn.Simulating;

/// <summary>Writes a simulation that was graded on the past for people (Markdown) and for programs (JSON).</summary>
public static class SimulationBacktestReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new InstantJson(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary><c>simulation.md</c> and <c>simulation.json</c>. The same back-test gives the same bytes.</summary>
    public static IReadOnlyList<ReportFile> Files(SimulationBacktest backtest)
    {
        ArgumentNullException.ThrowIfNull(backtest);
        return
        [
            new("simulation.md", Markdown(backtest)),
            new("simulation.json", JsonSerializer.Serialize(backtest, Json) + "\n"),
        ];
    }

    private static string Markdown(SimulationBacktest backtest)
    {
        var (text, options) = (new StringBuilder(), backtest.Options);
        Line(text, $"# Back-test of the simulation of {backtest.Definition}");
        Line(text, "");
        Line(text, $"{backtest.Members} customers as of {options.At}, {options.Weeks} weeks ahead, {options.Paths} "
            + $"paths, seed {options.Seed}. Intervals hold with {SimulationReport.Percent(options.Level)}.");
        foreach (var said in backtest.Models) Line(text, $"- {said}");
        foreach (var remark in backtest.Remarks) Line(text, $"- {remark}");
        foreach (var quantity in backtest.Quantities) Section(text, quantity);
        Line(text, "");
        Line(text, "## Each customer's orders");
        Line(text, "");
        Line(text, "| forecast by | total | its error | mean absolute error | root mean square | customers |");
        Line(text, "| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var e in backtest.Errors)
        {
            Line(text, $"| {e.By} | {SimulationReport.Number(e.Total)} | {SimulationReport.Percent(e.TotalError)} | "
                + $"{SimulationReport.Number(e.MeanAbsolute)} | {SimulationReport.Number(e.RootMeanSquare)} | "
                + $"{e.Customers} |");
        }
        Line(text, "");
        Line(text, backtest.Uniformity is { } test
            ? "Where each customer's orders lie among those simulated is uniform with p = "
                + $"{SimulationReport.Number(test.KolmogorovSmirnov)} by Kolmogorov and Smirnov and p = "
                + $"{SimulationReport.Number(test.ChiSquare)} by chi-square: small ones say that it is not."
            : "Too few customers to test where each one's orders lie among those simulated.");
        return text.ToString();
    }

    private static void Section(StringBuilder text, ComparedQuantity quantity)
    {
        Line(text, "");
        Line(text, $"## {quantity.Name}");
        Line(text, "");
        Line(text, "| weeks | simulated | interval | came | inside |");
        Line(text, "| --- | ---: | ---: | ---: | --- |");
        foreach (var total in (IEnumerable<ComparedTotal>)[quantity.Total, .. quantity.Periods])
        {
            var inside = total.IsInside switch { true => "yes", false => "no", null => "-" };
            Line(text, $"| {total.FromWeek + 1} to {total.UntilWeek} | "
                + $"{SimulationReport.Number(total.Forecast.Mean)} | "
                + $"{SimulationReport.Range(total.Forecast.Interval)} | {SimulationReport.Number(total.Came)} | "
                + $"{inside} |");
        }
        if (quantity.Coverage is { } share)
            Line(text, $"\nThe intervals of {SimulationReport.Percent(share)} of the periods hold what came.");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
