using DToC.Twin.Definitions;
using DToC.Twin.Definitions.Reading;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Reads scenarios: a JSON list of <c>{"name": ..., "levers": [{"lever": "price", "factor": 1.1}]}</c>. Comments and
/// trailing commas are allowed. All that is wrong is said, with where and what would be right.
/// </summary>
public static class ScenarioReader
{
    /// <summary>Most bytes of all scenarios.</summary>
    public const int MaxBytes = 1 << 18;

    /// <summary>Reads scenarios against a definition.</summary>
    /// <param name="utf8">The list, or nothing for the baseline alone.</param>
    /// <param name="file">What they are from, for errors.</param>
    /// <param name="plan">The definition; it must say what simulations rest on.</param>
    /// <param name="weeks">Weeks ahead, 1 to <see cref="SimulationLimits.Weeks"/>.</param>
    /// <param name="withRules">Whether the decision rules run.</param>
    public static ScenarioReading Read(
        ReadOnlySpan<byte> utf8, string file, TwinPlan plan, int weeks, bool withRules)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (SimulationPlan.WhyNot(plan) is { } why)
            return Refused(file, "simulation", "it cannot be run", why);
        if (weeks is < 1 or > SimulationLimits.Weeks)
            return Refused(file, "weeks", $"{weeks} weeks", $"Give 1 to {SimulationLimits.Weeks}.");
        if (utf8.Length > MaxBytes)
            return Refused(file, ShapeCheck.RootPath, $"{utf8.Length} bytes", $"Write at most {MaxBytes} bytes.");
        if (utf8.IsEmpty) return new ScenarioReading.Read(ScenarioSet.Baseline(weeks, withRules));
        var document = JsoncDocument.Parse(utf8, file);
        var check = new ShapeCheck(file);
        if (document.Root is { } root) check.Check(root, ScenarioShape.All, "");
        List<DefinitionError> errors = [.. document.Errors, .. check.Errors];
        if (errors.Count > 0 || document.Root is not JsoncList list) return Invalid(errors);
        var mapping = new ScenarioMapping(plan, file, weeks, withRules);
        for (var i = 0; i < list.Items.Count; i++) mapping.Add(new Fields((JsoncObject)list.Items[i]), i);
        return mapping.Errors.Count > 0
            ? Invalid(mapping.Errors)
            : new ScenarioReading.Read(new ScenarioSet(weeks, withRules, mapping.Scenarios)
            {
                Remarks = mapping.Remarks,
            });
    }

    private static ScenarioReading.Invalid Invalid(IEnumerable<DefinitionError> errors) => new(
        [.. errors.OrderBy(e => e.At.Line).ThenBy(e => e.At.Column).Take(DefinitionLimits.Errors)]);

    private static ScenarioReading.Invalid Refused(string file, string path, string message, string remedy) =>
        new([new DefinitionError(file, new Position(1, 1), path, message, remedy)]);
}
