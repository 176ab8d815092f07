using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Models;

namespace DToC.Learn.Training;

/// <summary>Fits models to the sequences of events in journals, and grades them.</summary>
internal static class SequenceTraining
{
    /// <summary>A limit of every model that is fitted to events.</summary>
    public const string KeptAlone =
        "Fitted to the events that journals still hold; what only checkpoints know is not in it.";

    /// <inheritdoc cref="ModelTraining.RunAsync"/>
    public static async Task<TrainedModel> RunAsync(
        ITwinHost host, string model, LearntKind kind, TrainingOptions options, Instant now,
        Action<ReadingProgress>? progress, CancellationToken cancellation)
    {
        var plan = host.Plans.Current;
        var task = SequenceTask.Of(plan, ModelTasks.SlotOf(plan, model), kind, options.Inputs);
        var reader = new ExampleReader(host, now);
        var (first, until) = await ModelTraining.SpanAsync(reader, task, options, cancellation);
        var horizonMs = Math.Max(1, (long)(options.HorizonDays * Instant.DayMs));
        var cut = TimeCuts.Of(first, until, horizonMs, isGraded: true)?.Grade;
        var sequences = SequenceTask.ReadingOf(task, kind, until, horizonMs, cut);
        var reading = new TaskReading(task, cuts: null, until) { Sequences = sequences };
        await reader.ReadAsync([reading], options.Customers, options.Seed, progress, cancellation);
        if (sequences.Rows == 0 && reading.Withheld > 0)
            throw ModelTraining.NobodyLawful(model, reading.Withheld);
        var fit = sequences.FitWhole(cancellation);
        var (grade, why) = cut is null
            ? (null, ModelTraining.TooShort)
            : ModelTraining.GradeOf(
                sequences.GradedRows, () => sequences.GradeOf(sequences.FitKnown(cancellation).Model));
        var card = ModelTraining.CardOf(fit, grade, why, reading, options) with { From = first, Until = until };
        return new TrainedModel(model, new ModelFile(fit.Model, fit.Ranges, card), grade, reading.Withheld);
    }
}
