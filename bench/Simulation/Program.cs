// Prints `name: value` lines of how fast members are simulated, and of what is simulated of public data.
using System.CommandLine;
using DToC.SimulationFigures;

var members = new Option<int>("--members")
{
    Description = "Members of simulate_1m_52w_s and its kin.", DefaultValueFactory = _ => 1_000_000,
};
var definition = new Option<string>("--definition")
{
    Description = "Shipped definition, and profile of that name, that members are made of.",
    DefaultValueFactory = _ => "retail",
};
var only = new Option<string?>("--only")
{
    Description = "Figures to print, separated by commas; all unless given.",
};
var root = new RootCommand("Figures of simulations.") { members, definition, only };
root.SetAction(parsed =>
{
    const StringSplitOptions tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
    var figures = new Figures(parsed.GetValue(members), parsed.GetValue(definition) ?? "retail", Console.Out);
    return figures.PrintAsync(parsed.GetValue(only)?.Split(',', tidy) ?? []);
});
return await root.Parse(args).InvokeAsync();
