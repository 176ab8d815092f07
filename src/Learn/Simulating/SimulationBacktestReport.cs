using System.Text;
using DToC.Learn.Backtesting;
using DToC.Twin;

namespace DToC.Learn.Simulating;

/// <summary>Writes a simulation that was graded on the past for people (Markdown) and for programs (JSON).</summary>
public static class SimulationBacktestReport
{
    /// <summary><c>simulation.md</c> and <c>simulation.json</c>. The same back-test gives the same bytes.</summary>
    public static IReadOnlyList<ReportFile> Files(SimulationBacktest backtest)
    {
        ArgumentNullException.ThrowIfNull(backtest);
        return
        [
            new("simulation.md", Markdown(backtest)),
            new("simulation.json", ReportJson.Of(backtest)),
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
            ? "Where each customer's orders lie among those simulated is uniform with "
                + $"{ProbabilitiesOf(test)}: small ones say that it is not."
            : "Too few customers to test where each one's orders lie among those simulated.");
        if (backtest.AtLevel is { } level)
        {
            Line(text, $"With the demand of all times {SimulationReport.Number(level.Demand)}, which makes the total "
                + $"{SimulationReport.Number(level.Total)}: {ProbabilitiesOf(level.Uniformity)}. What is small there "
                + "too lies in the customers, and not in what they share.");
        }
        return text.ToString();
    }

    private static string ProbabilitiesOf(UniformityTest test) =>
        $"p = {SimulationReport.Number(test.KolmogorovSmirnov)} by Kolmogorov and Smirnov and p = "
        + $"{SimulationReport.Number(test.ChiSquare)} by chi-square";

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
