using DToC.Twin.Definitions;
using DToC.Twin.Definitions.Reading;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>Makes scenarios of checked ones: finds names, and what levers rest on.</summary>
internal sealed class ScenarioMapping(TwinPlan plan, string file, int weeks, bool withRules)
{
    // Of one lever the shape bounds it; this is beyond any of them, and amounts stay numbers that can be added.
    private const double MostFactor = 1_000;

    private readonly List<Scenario> _scenarios = [new Scenario(ScenarioSet.BaselineName, [])];
    private readonly List<DefinitionError> _errors = [];
    private readonly List<ScenarioRemark> _remarks = [];
    private readonly SimulationPlan _simulation = plan.Simulation
        ?? throw new ArgumentException("The definition has no simulation.", nameof(plan));

    public IReadOnlyList<Scenario> Scenarios => _scenarios;

    public IReadOnlyList<DefinitionError> Errors => _errors;

    public IReadOnlyList<ScenarioRemark> Remarks => _remarks;

    public void Add(Fields scenario, int index)
    {
        var name = scenario.Named("name");
        if (_scenarios.Exists(s => s.Name == name.Name))
        {
            Error(name.At, $"[{index}].name", $"there is a scenario '{name.Name}' already",
                "Give each a name of its own; baseline is the one without levers.");
        }
        var place = 0;
        var levers = scenario.List("levers", fields => Lever(fields, $"[{index}].levers[{place++}]"));
        if (MostTogether(levers) > Math.Log(MostFactor))
        {
            Error(name.At, $"[{index}].levers",
                $"together they make prices or demand more than {MostFactor} times other",
                "Take fewer levers at a time, or weaker ones.");
        }
        _scenarios.Add(new Scenario(name.Name, levers));
    }

    /// <summary>The greatest change of prices or demand by all levers that act in a week, as a logarithm.</summary>
    private static double MostTogether(IReadOnlyList<Lever> levers) => levers.Count == 0 ? 0
        : levers.Max(first => Math.Abs(levers.Where(lever => lever.Acts(first.From)).Sum(LogOf)));

    private static double LogOf(Lever lever) => lever switch
    {
        Lever.Price { Factor: > 0 and var factor } => Math.Log(factor),
        Lever.Promotion { Depth: < 1 and var depth } => Math.Log(1 - depth),
        Lever.Demand { Index: > 0 and var index } => Math.Log(index),
        Lever.Competitor { Factor: > 0 and var factor } => Math.Log(factor),
        _ => 0,
    };

    private Lever Lever(Fields fields, string path)
    {
        var (from, until) = (fields.Whole("from", 1) - 1, fields.Whole("until", weeks));
        if (from >= weeks || until > weeks)
        {
            Error(fields.At, path, $"it acts beyond week {weeks}, where the simulation ends",
                $"Write \"from\" and \"until\" of 1 to {weeks}, or simulate more weeks.");
        }
        var lever = Of(fields, from, until, path);
        foreach (var kind in LeverNeeds.Of(lever, _simulation)) Need(kind, fields, path);
        foreach (var (measure, value) in LeverNeeds.Measured(lever, _simulation)) Observe(measure, value);
        return lever;
    }

    private Lever Of(Fields fields, int from, int until, string path)
    {
        switch (fields.Text("lever"))
        {
            case ScenarioShape.Price:
                return new Lever.Price(fields.Number("factor"), Category(fields, path), from, until);
            case ScenarioShape.Promotion:
                return new Lever.Promotion(
                    fields.Number("depth"), Category(fields, path), fields.NumberOrNull("pullForward"), from, until);
            case ScenarioShape.Product:
                return new Lever.Product(Token(fields, path), from, until);
            case ScenarioShape.Service:
                return Service(fields, from, until, path);
            case ScenarioShape.Journey:
                return new Lever.Journey(fields.Whole("steps"), from, until);
            case ScenarioShape.Demand:
                return new Lever.Demand(fields.Number("index"), from, until);
            case ScenarioShape.Inflation:
                return new Lever.Inflation(fields.Number("rate"), fields.Number("passThrough", 1), from, until);
            case ScenarioShape.Competitor:
                return new Lever.Competitor(fields.Number("factor"), from, until);
            case ScenarioShape.Scarcity:
                return new Lever.Scarcity(fields.Number("served"), from, until);
            case ScenarioShape.Offers:
                NeedRules(fields, path);
                return new Lever.Offers(Offer(fields, path), fields.Number("weight"), from, until);
            default:
                NeedRules(fields, path);
                return new Lever.Contacts(fields.Whole("count"), fields.Number("days"), from, until);
        }
    }

    private Lever.ServiceLevel Service(Fields fields, int from, int until, string path)
    {
        if (!fields.Has("level") && !fields.Has("waitingFactor"))
        {
            Error(fields.At, path, "nothing of the service changes", "Write \"level\" or \"waitingFactor\".");
        }
        return new Lever.ServiceLevel(fields.Number("level", 0), fields.Number("waitingFactor", 1), from, until);
    }

    private int Category(Fields fields, string path)
    {
        if (fields.NamedOrNull("category") is not { } name) return -1;
        return Slot(name, [.. _simulation.Categories.Select(c => c.Name)], $"{path}.category", "category of goods",
            "simulation.categories");
    }

    private int Offer(Fields fields, string path) => fields.NamedOrNull("offer") is not { } name
        ? -1
        : Slot(name, [.. plan.Decisions.Offers.Select(o => o.Name)], $"{path}.offer", "offer", "offers");

    private string? Token(Fields fields, string path)
    {
        if (fields.NamedOrNull("token") is not { } name) return null;
        if (_simulation.Affinity < 0
            || plan.Models[_simulation.Affinity] is not ModelPlan.OfModel { Model: AffinityModel affinity })
        {
            Error(name.At, $"{path}.token", "the definition has no affinity that was fitted",
                "Leave the token out, or name a model as simulation.affinity and train it.");
            return null;
        }
        List<string> tokens = [.. affinity.Population.ToArray().Select(token => token.Name)];
        return Slot(name, tokens, $"{path}.token", "token", "the affinity model") < 0 ? null : name.Name;
    }

    private int Slot(Named name, List<string> known, string path, string what, string where)
    {
        var slot = known.IndexOf(name.Name);
        if (slot >= 0) return slot;
        Error(name.At, path, $"there is no {what} '{name.Name}'",
            known.Count == 0 ? $"The definition names none in {where}."
            : NearestName.Of(name.Name, known) is { } nearest ? $"Did you mean '{nearest}'?"
            : $"Known: {string.Join(", ", known.Take(12))}.");
        return -1;
    }

    private void NeedRules(Fields fields, string path)
    {
        if (withRules) return;
        Error(fields.At, path, "this lever acts on the decision rules, which do not run", "Set withRules to true.");
    }

    private void Need(AssumptionKind kind, Fields fields, string path)
    {
        var (assumed, word) = (_simulation.Assumptions[(int)kind], ModelFields.Written(kind));
        if (double.IsNaN(assumed.Value))
        {
            Error(fields.At, path, $"it rests on {word}, of which the definition says nothing",
                $"Add simulation.assumptions.{word} (value, standardError, source). {assumed.Trait.Says}");
        }
        else if (assumed.Source == AssumptionSource.None)
        {
            Remark($"It rests on {word} = {assumed.Value:R}, a number from nowhere. {assumed.Trait.Says}", false);
        }
    }

    private void Observe(LeverMeasure measure, double value)
    {
        var word = ModelFields.Written(measure);
        if (_simulation.FindObserved(measure) is not { } seen)
            Remark($"Nothing of {word} was ever observed as far as the definition says; here it is {value:R}.", true);
        else if (value < seen.From || value > seen.Until)
            Remark($"{word} is {value:R}; it was only ever {seen.From:R} to {seen.Until:R}.", true);
    }

    private void Remark(string text, bool isOutside)
    {
        var remark = new ScenarioRemark(_scenarios.Count, text, isOutside);
        if (!_remarks.Contains(remark)) _remarks.Add(remark);
    }

    private void Error(Position at, string path, string message, string remedy) =>
        _errors.Add(new DefinitionError(file, at, path, message, remedy));
}
