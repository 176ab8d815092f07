using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Transitions;

namespace DToC.Learn.Training;

/// <summary>Fits the models of what comes next to the sequences in journals, and grades them.</summary>
internal static class SequenceTraining
{
    /// <inheritdoc cref="ModelTraining.RunAsync"/>
    public static async Task<TrainedModel> RunAsync(
        ITwinHost host, string model, LearntKind kind, TrainingOptions options, Instant now,
        Action<ReadingProgress>? progress, CancellationToken cancellation)
    {
        var plan = host.Plans.Current;
        var trail = SequenceTask.TrailOf(plan, ModelTasks.SlotOf(plan, model), kind, options.Inputs);
        var reader = new ExampleReader(host, now);
        var (first, until) = await ModelTraining.SpanAsync(reader, trail.Task, options, cancellation);
        var horizonMs = Math.Max(1, (long)(options.HorizonDays * Instant.DayMs));
        var cut = TimeCuts.Of(first, until, horizonMs, isGraded: true)?.Grade;
        var sequences = new SequenceReading(trail, until, horizonMs, cut);
        var reading = new TaskReading(trail.Task, cuts: null, until) { Sequences = sequences };
        await reader.ReadAsync([reading], options.Customers, options.Seed, progress, cancellation);
        if (sequences.Whole.Rows == 0 && reading.Withheld > 0)
            throw ModelTraining.NobodyLawful(model, reading.Withheld);
        var fit = sequences.Whole.Fit(options.HorizonDays, cancellation);
        var (grade, why) = cut is null ? (null, ModelTraining.TooShort) : GradeOf(sequences, cancellation);
        var card = ModelTraining.CardOf(fit, grade, why, reading, options) with { From = first, Until = until };
        return new TrainedModel(model, new ModelFile(fit.Model, fit.Ranges, card), grade, reading.Withheld);
    }

    /// <summary>Grades a model on what came after the moment a reading is graded as of.</summary>
    public static Grade GradeOf(PredictiveModel model, SequenceReading reading) => model switch
    {
        AffinityModel affinity => AffinityGrade.Of(affinity, reading),
        TransitionForecast forecast => TransitionGrade.Of(forecast, reading),
        _ => throw new ArgumentException($"A {model.Kind} is no model of what comes next.", nameof(model)),
    };

    private static (Grade? Grade, string Why) GradeOf(
        SequenceReading reading, CancellationToken cancellation)
    {
        if (reading.GradedRows < ModelFit.LeastRows)
            return (null, $"the last window has {reading.GradedRows} rows, and {ModelFit.LeastRows} are the least");
        try
        {
            return (GradeOf(reading.Known.Fit(reading.HorizonDays, cancellation).Model, reading), "");
        }
        catch (InvalidOperationException cannot)
        {
            return (null, $"without the last window it cannot be fitted: {cannot.Message.TrimEnd('.')}");
        }
    }
}
