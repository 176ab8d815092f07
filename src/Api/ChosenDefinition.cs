using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Api;

/// <summary>A definition by the name it is shipped under, or by file.</summary>
internal static class ChosenDefinition
{
    /// <summary>A definition; the second part says what is wrong with it, or is null.</summary>
    public static (TwinPlan? Plan, string? Fault) Load(string nameOrFile)
    {
        if (ShippedDefinitions.Find(nameOrFile) is not { } source)
        {
            if (!File.Exists(nameOrFile))
            {
                return (null, $"There is no definition '{nameOrFile}': give a file, or one of "
                    + $"{string.Join(", ", ShippedDefinitions.Names)}.");
            }
            source = File.ReadAllBytes(nameOrFile);
        }
        return TwinPlan.Load(source, nameOrFile) switch
        {
            PlanCompilation.Compiled compiled => (compiled.Plan, null),
            PlanCompilation.Invalid invalid => (null, string.Join(Environment.NewLine, invalid.Errors)),
            var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
        };
    }
}
