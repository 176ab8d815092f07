using DToC.Twin.Plan;

namespace DToC.Api;

/// <summary>Definitions by name, from this program, or by file.</summary>
internal static class ChosenDefinition
{
    private const string Folder = "definitions/";
    private const string Ending = ".jsonc";

    /// <summary>The definition of a first start that asks for none.</summary>
    public const string Default = "retail";

    /// <summary>Names of the shipped definitions, sorted.</summary>
    public static IReadOnlyList<string> Shipped { get; } =
    [
        .. typeof(ChosenDefinition).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)
            && name.EndsWith(Ending, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>A definition; the second part says what is wrong with it, or is null.</summary>
    public static (TwinPlan? Plan, string? Fault) Load(string nameOrFile)
    {
        byte[] source;
        if (typeof(ChosenDefinition).Assembly.GetManifestResourceStream(Folder + nameOrFile + Ending)
            is { } shipped)
        {
            using var bytes = new MemoryStream();
            using (shipped) shipped.CopyTo(bytes);
            source = bytes.ToArray();
        }
        else if (File.Exists(nameOrFile))
        {
            source = File.ReadAllBytes(nameOrFile);
        }
        else
        {
            return (null,
                $"There is no definition '{nameOrFile}': give a file, or one of {string.Join(", ", Shipped)}.");
        }
        return TwinPlan.Load(source, nameOrFile) switch
        {
            PlanCompilation.Compiled compiled => (compiled.Plan, null),
            PlanCompilation.Invalid invalid => (null, string.Join(Environment.NewLine, invalid.Errors)),
            var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
        };
    }

    /// <summary>Compiles a definition that a data folder keeps.</summary>
    /// <exception cref="InvalidDataException">This build cannot compile it any more.</exception>
    public static TwinPlan LoadKept(ReadOnlyMemory<byte> source) =>
        TwinPlan.Load(source, "kept definition") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidDataException(
            $"A definition that stored twins name does not compile with this build: {invalid.Errors[0]}"),
        var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
    };
}
