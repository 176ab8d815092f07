using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Segments;

namespace DToC.Twin.Plan;

/// <summary>A definition compiled to dense slots. Immutable; shared by all partitions.</summary>
public sealed class TwinPlan
{
    internal TwinPlan(PlanSource source)
    {
        Source = source;
        Hash = StableHash.Of(source.Bytes.Span);
    }

    /// <summary>What it was compiled of: the definition's file, and all that stands beside it.</summary>
    public PlanSource Source { get; }

    /// <summary>
    /// Content hash of <see cref="Source"/>: names definition, models and words in states, journal and decisions.
    /// </summary>
    public ulong Hash { get; }

    /// <summary>Hash of the models alone: names what scored a twin.</summary>
    public required ulong ModelsHash { get; init; }

    /// <summary>The definition as written, and behind its own segments those made beside it.</summary>
    public required Definition Definition { get; init; }

    /// <summary>Reads events.</summary>
    public required EventSchema Events { get; init; }

    /// <summary>Slots of the state.</summary>
    public required StateLayout Layout { get; init; }

    /// <summary>Folds events.</summary>
    public required FoldPlan Fold { get; init; }

    /// <summary>The vectors that rules and models read.</summary>
    public required VectorPlan Vector { get; init; }

    /// <summary>Legal bases.</summary>
    public required ConsentPlan Consent { get; init; }

    /// <summary>Models in the order of evaluation.</summary>
    public required ModelPlan[] Models { get; init; }

    /// <summary>Slot of the model of a name, or -1.</summary>
    public int FindModel(string name) => Array.FindIndex(Models, model => model.Name == name);

    /// <summary>What to say to who names a model that is not there.</summary>
    public string NoSuchModel(string name) =>
        $"There is no model '{name}'; there are {string.Join(", ", Models.Select(model => model.Name))}";

    /// <summary>Models that a trigger or segment reads, in the order of evaluation: scored in every turn.</summary>
    public required int[] ModelsOfTurn { get; init; }

    /// <summary>Features that the rules and models of every turn read, in the order of their slots.</summary>
    public required int[] FeaturesOfTurn { get; init; }

    /// <summary>By text slot: true when a rule of every turn reads it.</summary>
    public required bool[] TextsOfTurn { get; init; }

    /// <summary>Segments, and what they tally.</summary>
    public required SegmentationPlan Segmentation { get; init; }

    /// <summary>Segments by slot.</summary>
    public IReadOnlyList<SegmentPlan> Segments => Segmentation.Segments;

    /// <summary>What is believed of segments before anybody is counted, by segment.</summary>
    public required IReadOnlyDictionary<string, SegmentSeed> Seeds { get; init; }

    /// <summary>Triggers, channels, offers.</summary>
    public required DecisionPlan Decisions { get; init; }

    /// <summary>What simulations rest on; null where the definition does not say.</summary>
    public required SimulationPlan? Simulation { get; init; }

    /// <summary>Reads and compiles a definition, or what <see cref="PlanSource.Bytes"/> was before.</summary>
    /// <param name="source">Its bytes; kept.</param>
    /// <param name="file">Name of the definition's file, for errors.</param>
    public static PlanCompilation Load(ReadOnlyMemory<byte> source, string file)
    {
        try
        {
            return Load(PlanSource.Read(source), file);
        }
        catch (InvalidDataException wrong)
        {
            return Refused(file, wrong.Message, "Give a definition's file");
        }
    }

    /// <summary>Reads and compiles a definition with all that stands beside it.</summary>
    /// <param name="source">All of it; kept.</param>
    /// <param name="file">Name of the definition's file, for errors.</param>
    /// <param name="before">
    /// What it comes in the place of: what stood beside it stays (<see cref="PlanSource.Keeping"/>).
    /// </param>
    public static PlanCompilation Load(PlanSource source, string file, PlanSource? before = null)
    {
        try
        {
            return DefinitionReader.Read(source.Definition.Span, file) switch
            {
                DefinitionReading.Read { Definition: var read } =>
                    Compiled(read, before is null ? source : source.Keeping(before, read), file),
                DefinitionReading.Invalid invalid => new PlanCompilation.Invalid(invalid.Errors),
                var other => throw new InvalidOperationException($"Unknown reading {other.GetType().Name}."),
            };
        }
        catch (InvalidDataException tooMuch)
        {
            return Refused(file, tooMuch.Message, "Take something away first");
        }
    }

    private static PlanCompilation Compiled(Definition definition, PlanSource source, string file)
    {
        var (whole, errors) = AddedSegments.In(definition, source, file);
        return errors.Count > 0 ? new PlanCompilation.Invalid(errors) : PlanCompiler.Compile(whole, source, file);
    }

    private static PlanCompilation.Invalid Refused(string file, string message, string remedy) =>
        new([new DefinitionError(file, new Position(1, 1), "", message.TrimEnd('.'), remedy)]);

    /// <summary>Compiles a definition that was kept beside the states that name it.</summary>
    /// <param name="source">The bytes of its file; kept.</param>
    /// <exception cref="InvalidDataException">This build cannot compile it any more.</exception>
    public static TwinPlan LoadKept(ReadOnlyMemory<byte> source) => Load(source, "kept definition") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidDataException(
            $"A definition that stored twins name does not compile with this build: {invalid.Errors[0]}"),
        var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
    };
}

/// <summary>What compiling a definition gave.</summary>
public abstract record PlanCompilation
{
    private PlanCompilation()
    {
    }

    /// <summary>It can be used.</summary>
    public sealed record Compiled(TwinPlan Plan) : PlanCompilation;

    /// <summary>It is wrong; in the order of finding.</summary>
    public sealed record Invalid(IReadOnlyList<DefinitionError> Errors) : PlanCompilation;
}
