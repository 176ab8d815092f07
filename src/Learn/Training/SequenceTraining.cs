using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>Fits the models of what comes next to the sequences in journals: what followed on what, and when.</summary>
internal static class SequenceTraining
{
    private static readonly string[] Limits =
    [
        "Fitted to the events that journals still hold; what only checkpoints know is not in it.",
        "Not graded: what comes next has no target in the definition.",
    ];

    /// <inheritdoc cref="ModelTraining.RunAsync"/>
    public static async Task<TrainedModel> RunAsync(
        ITwinHost host, string model, TrainingOptions options, Instant now, Action<ReadingProgress>? progress,
        CancellationToken cancellation)
    {
        var plan = host.Plans.Current;
        var slot = ModelTasks.SlotOf(plan, model);
        var kind = options.Kind ?? throw new ArgumentException("Of no kind.", nameof(options));
        var task = new ModelTask(plan, slot, Target: null, InputsOf(plan, kind, options.Inputs?[0]));
        var reader = new ExampleReader(host, now);
        var (first, until) = await ModelTraining.SpanAsync(reader, options, cancellation);
        var reading = new TaskReading(task, cuts: null, until);
        var sequences = new Sequences(task, kind, until);
        await foreach (var history in reader.HistoriesAsync(
            reading, options.Customers, options.Seed, progress, cancellation))
        {
            sequences.Add(history.Events);
        }
        var (fitted, ranges, measures) = sequences.Fit(options.HorizonDays);
        var card = new ModelCard
        {
            Origin = "dtoc train", Rows = sequences.Rows, Seed = options.Seed, Measures = measures, Limits = Limits,
            MadeAt = now, From = first, Until = until,
        };
        return new TrainedModel(model, new ModelFile(fitted, ranges, card), Grade: null, reading.Withheld);
    }

    /// <summary>Slots of what a kind reads.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="kind">Affinity, or what comes next.</param>
    /// <param name="feature">Name of the feature; null for the first of its kind.</param>
    /// <exception cref="InvalidOperationException">There is no such feature.</exception>
    public static IReadOnlyList<int> InputsOf(TwinPlan plan, LearntKind kind, string? feature)
    {
        if (kind == LearntKind.NextStage)
            return [First(plan, FeatureKind.Stage, feature), First(plan, FeatureKind.TimeInStage, null)];
        var first = First(plan, kind == LearntKind.Affinity ? FeatureKind.Basket : FeatureKind.LastEvent, feature);
        var features = plan.Vector.Features;
        var parts = 1;
        while (first + parts < features.Length && features[first + parts].Part == parts
            && features[first + parts].Kind == features[first].Kind)
        {
            parts++;
        }
        return [.. Enumerable.Range(first, parts)];
    }

    private static int First(TwinPlan plan, FeatureKind kind, string? name)
    {
        var first = Array.FindIndex(plan.Vector.Features, read => read.Kind == kind && read.Part == 0
            && (name is null || read.Name == name || read.Name.StartsWith(name + ".", StringComparison.Ordinal)));
        return first >= 0 ? first : throw new InvalidOperationException(
            $"There is no feature{(name is null ? "" : $" '{name}'")} of kind {ModelFields.Written(kind)} to read.");
    }
}
