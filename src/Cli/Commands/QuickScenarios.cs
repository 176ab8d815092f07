using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DToC.Cli.Commands;

/// <summary>Scenarios of one lever each, given as options: <c>--price +10%</c>.</summary>
internal sealed class QuickScenarios
{
    private readonly (Option<string[]> Option, string Lever, string Parameter, bool IsFactor)[] _levers =
    [
        (OptionOf("--price", "+10%", "Prices of all goods, from the first week to the last."), "price", "factor", true),
        (OptionOf("--promotion", "20%", "A share off all prices that customers are told of."),
            "promotion", "depth", false),
        (OptionOf("--demand", "-5%", "Demand by the economy."), "demand", "index", true),
        (OptionOf("--competitor", "-10%", "Prices of a competitor."), "competitor", "factor", true),
        (OptionOf("--served", "80%", "Share of the orders that can be served."), "scarcity", "served", false),
    ];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var lever in _levers) command.Options.Add(lever.Option);
    }

    /// <summary>The scenarios, or null when none is asked for.</summary>
    /// <exception cref="CommandFailure">An option is no share.</exception>
    public JsonArray? Of(ParseResult parsed)
    {
        var scenarios = new JsonArray();
        foreach (var (option, lever, parameter, isFactor) in _levers)
        {
            foreach (var text in parsed.GetValue(option) ?? [])
            {
                var share = ShareOf(text, option.Name);
                scenarios.Add(new JsonObject
                {
                    ["name"] = $"{lever} {text}",
                    ["levers"] = new JsonArray(new JsonObject
                    {
                        ["lever"] = lever, [parameter] = Math.Round(isFactor ? 1 + share : share, 12),
                    }),
                });
            }
        }
        return scenarios.Count == 0 ? null : scenarios;
    }

    private static Option<string[]> OptionOf(string name, string example, string description) => new(name)
    {
        Description = $"{description} A scenario of its own, such as {example}; may be given several times.",
    };

    private static double ShareOf(string text, string option) =>
        text.EndsWith('%')
        && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            ? percent / 100
            : throw new CommandFailure(ExitCode.Usage, $"{option} is '{text}', wanted a percentage such as +10%.");
}
