using DToC.Twin.Plan;
using DToC.Twin.Simulation;

namespace DToC.Learn.Simulating;

/// <summary>A request read against a definition: all that a run rests on but the members.</summary>
/// <param name="Request">The request.</param>
/// <param name="Plans">The definitions states are read under; the current one is simulated.</param>
/// <param name="Premises">Models and assumptions.</param>
/// <param name="Scenarios">Baseline and scenarios.</param>
public sealed record SimulationSetup(
    SimulationRequest Request, PlanCatalog Plans, Premises Premises, ScenarioSet Scenarios)
{
    /// <summary>Reads a request against the definition in force.</summary>
    public static SimulationSetupReading Of(PlanCatalog plans, SimulationRequest request)
    {
        ArgumentNullException.ThrowIfNull(plans);
        ArgumentNullException.ThrowIfNull(request);
        var plan = plans.Current;
        if (SimulationPlan.WhyNot(plan) is { } why) return new(null, why);
        if (request.Problem() is { } wrong) return new(null, $"{wrong}.");
        if (request.Population.Problem(plan.Segments.Select(s => s.Name)) is { } nobody) return new(null, $"{nobody}.");
        if (request.Groups.FirstOrDefault(g => plan.Segments.All(s => s.Name != g)) is { } group)
        {
            return new(null, $"groups names '{group}', which is no segment of the definition; there are "
                + $"{string.Join(", ", plan.Segments.Select(s => s.Name))}.");
        }
        var list = request.Search?.ToScenarios() ?? request.Scenarios;
        return ScenarioReader.Read(list.Span, "scenarios", plan, request.Weeks, request.WithRules) switch
        {
            ScenarioReading.Read read => new(
                new SimulationSetup(request, plans, Premises.Of(plan), read.Scenarios), null),
            ScenarioReading.Invalid invalid => new(null, string.Join('\n', invalid.Errors)),
            var other => throw new InvalidOperationException($"Unknown reading {other.GetType().Name}."),
        };
    }
}

/// <summary>A setup, or why there is none.</summary>
/// <param name="Setup">The setup; null when there is a fault.</param>
/// <param name="Fault">What is wrong and what would be right; null when there is a setup.</param>
public readonly record struct SimulationSetupReading(SimulationSetup? Setup, string? Fault);
