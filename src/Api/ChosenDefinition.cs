using DToC.Embedded;
using DToC.Twin.Plan;

namespace DToC.Api;

/// <summary>A definition by the name it is shipped under, or by file.</summary>
internal static class ChosenDefinition
{
    /// <summary>A definition with its lexicons; the second part says what is wrong, or is null.</summary>
    public static (TwinPlan? Plan, string? Fault) Load(string nameOrFile, IReadOnlyList<string>? lexicons = null)
    {
        var (source, fault) = DefinitionFile.Read(nameOrFile, lexicons);
        return source is null ? (null, fault) : Compiled(TwinPlan.Load(source, nameOrFile));
    }

    /// <summary>The same in the place of another, of which fitted models stay that it still names.</summary>
    public static (TwinPlan? Plan, string? Fault) InPlaceOf(TwinPlan before, TwinPlan chosen, string nameOrFile) =>
        Compiled(TwinPlan.Load(chosen.Source, nameOrFile, before.Source));

    private static (TwinPlan? Plan, string? Fault) Compiled(PlanCompilation compilation) =>
        compilation switch
        {
            PlanCompilation.Compiled compiled => (compiled.Plan, null),
            PlanCompilation.Invalid invalid => (null, string.Join(Environment.NewLine, invalid.Errors)),
            var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
        };
}
