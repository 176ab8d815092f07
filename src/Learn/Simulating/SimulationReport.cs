using System.Globalization;
using System.Text;
using DToC.Twin.Models;

namespace DToC.Learn.Simulating;

/// <summary>Writes a simulation for people, as Markdown.</summary>
public static class SimulationReport
{
    private const int MostSensitivities = 12;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The report of a result.</summary>
    public static string Of(SimulationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        Line(text, $"# {result.Name ?? $"Simulation of {result.Definition}"}");
        Line(text, "");
        var complete = result.Paths < result.PathsAsked ? $" of {result.PathsAsked}" : "";
        Line(text, $"{Number(result.Members.Simulated)} customers, {result.Weeks} weeks from {result.Begin}, "
            + $"{result.Paths}{complete} paths, seed {result.Seed}. Intervals hold with {Percent(result.Level)}.");
        Line(text, $"Definition and models `{result.PlanHash}`, members `{result.MembersHash}`.");
        foreach (var warning in result.Warnings) Line(text, $"- {warning}");
        foreach (var scenario in result.Scenarios) Section(text, result, scenario);
        if (result.Search is { } search) Section(text, search);
        Assumptions(text, result);
        Line(text, "");
        Line(text, "## What it rests on");
        Line(text, "");
        foreach (var rest in result.Rests) Line(text, $"- {rest}");
        return text.ToString();
    }

    /// <summary>A number as people read it: four digits, and none behind the point from a hundred on.</summary>
    public static string Number(double value) =>
        double.IsNaN(value) ? "-"
        : Math.Abs(value) >= 100 ? value.ToString("N0", Culture)
        : value.ToString("0.###", Culture);

    /// <summary>An interval as people read it.</summary>
    public static string Range(Interval? interval) =>
        interval is { } known ? $"{Number(known.Low)} to {Number(known.High)}" : "-";

    /// <summary>A share as people read it.</summary>
    public static string Percent(double share) => $"{(100 * share).ToString("0.#", Culture)} %";

    private static void Section(StringBuilder text, SimulationResult result, ScenarioResult scenario)
    {
        Line(text, "");
        Line(text, $"## {scenario.Name}");
        Line(text, "");
        var isCompared = scenario.Totals.Values.Any(total => total.Difference is not null);
        Line(text, isCompared
            ? "| total | mean | interval | difference | interval | more in |"
            : "| total | mean | interval | standard error |");
        Line(text, isCompared ? "| --- | ---: | ---: | ---: | ---: | ---: |" : "| --- | ---: | ---: | ---: |");
        foreach (var (name, total) in scenario.Totals) Row(text, Named(name, result.Currency), total);
        foreach (var group in scenario.Groups)
        {
            Line(text, "");
            Line(text, $"Of the {Number(group.Simulated)} customers of segment `{group.Segment}`:");
            Line(text, "");
            Line(text, isCompared
                ? "| total | mean | interval | difference | interval | more in |"
                : "| total | mean | interval | standard error |");
            Line(text, isCompared ? "| --- | ---: | ---: | ---: | ---: | ---: |" : "| --- | ---: | ---: | ---: |");
            foreach (var (name, total) in group.Totals) Row(text, Named(name, result.Currency), total);
        }
        if (scenario.Gains is { } gains) Gains(text, gains);
    }

    private static void Row(StringBuilder text, string name, QuantityResult quantity)
    {
        var total = quantity.Total;
        if (quantity.Difference is not { } compared)
        {
            Line(text, $"| {name} | {Number(total.Mean)} | {Range(total.Interval)} | "
                + $"{Number(total.StandardError ?? double.NaN)} |");
            return;
        }
        Line(text, $"| {name} | {Number(total.Mean)} | {Range(total.Interval)} | "
            + $"{Number(compared.Difference.Mean)} | {Range(compared.Difference.Interval)} | "
            + $"{Percent(compared.ShareAbove)} |");
    }

    private static void Gains(StringBuilder text, GainsResult gains)
    {
        Line(text, "");
        Line(text, $"By margin {Number(gains.Above)} customers gain, {Number(gains.Below)} lose, of "
            + $"{Number(gains.Same)} nothing changes; {Number(gains.Surely)} gain and {Number(gains.SurelyNot)} lose "
            + "in 95 of 100 worlds.");
        if (gains.Top.Count > 0) Line(text, $"Most gain: {Listed(gains.Top)}.");
        if (gains.Bottom.Count > 0) Line(text, $"Most lose: {Listed(gains.Bottom)}.");

        static string Listed(IReadOnlyList<CustomerGain> customers) =>
            string.Join(", ", customers.Select(c => $"{c.Customer} ({Number(c.Mean)})"));
    }

    private static void Section(StringBuilder text, SearchResult search)
    {
        Line(text, "");
        Line(text, $"## The best {search.Parameter}");
        Line(text, "");
        Line(text, search.Best is { } best
            ? $"{Number(best)} gives the most {search.Measure.ToString().ToLowerInvariant()} on average; the best of a "
                + $"world lies from {Range(search.Optimum)}."
                + (search.IsAtEdge ? " It lies at the edge of what was tried: a better one may lie beyond." : "")
            : "No value keeps to the constraints.");
        Line(text, "");
        Line(text, "| value | difference | interval | best in | allowed |");
        Line(text, "| ---: | ---: | ---: | ---: | --- |");
        foreach (var value in search.Values)
        {
            Line(text, $"| {Number(value.Value)} | {Number(value.Difference.Difference.Mean)} | "
                + $"{Range(value.Difference.Difference.Interval)} | {Percent(value.ShareBest)} | "
                + $"{(value.IsAllowed ? "yes" : "no")} |");
        }
    }

    private static void Assumptions(StringBuilder text, SimulationResult result)
    {
        Line(text, "");
        Line(text, "## What is assumed");
        Line(text, "");
        var scenario = result.Scenarios.Count > 1 ? result.Scenarios[1].Name : null;
        Line(text, $"| assumption | value | standard error | source | moved by | margin | {scenario ?? ""} |");
        Line(text, "| --- | ---: | ---: | --- | ---: | ---: | ---: |");
        var sorted = result.Assumptions
            .OrderByDescending(a => a.Sensitivity is not { } s ? 0 : Math.Max(
                Half(s.BaselineUp, s.BaselineDown), s.Scenarios.Select(x => Half(x.Up, x.Down)).FirstOrDefault()))
            .ThenBy(a => a.Name, StringComparer.Ordinal).ToList();
        foreach (var a in sorted.Take(MostSensitivities))
        {
            var s = a.Sensitivity;
            var first = s?.Scenarios.Count > 0 ? s.Scenarios[0] : null;
            Line(text, $"| {a.Name} | {Number(a.Value)} | {Number(a.StandardError)} | "
                + $"{a.Source.ToString().ToLowerInvariant()} | {Number(s?.MovedBy ?? double.NaN)} | "
                + $"{Moved(s?.BaselineDown, s?.BaselineUp)} | {Moved(first?.Down, first?.Up)} |");
        }
        if (sorted.Count > MostSensitivities)
            Line(text, $"\nand {sorted.Count - MostSensitivities} more that the answer depends on less.");

        static double Half(double up, double down) => Math.Abs(up - down) / 2;

        static string Moved(double? down, double? up) =>
            down is { } low && up is { } high ? $"{Number(low)} / {Number(high)}" : "-";
    }

    private static string Named(string name, string? currency) =>
        name is "revenue" or "margin" or "value" or "refunded" && currency is not null ? $"{name} ({currency})" : name;

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
