using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>A model that was fitted to journals and graded on what came later.</summary>
/// <param name="Name">The model of the definition it is for.</param>
/// <param name="File">The model, fitted on all there is.</param>
/// <param name="Grade">
/// How the same fit does on a last window it has not seen; null when the past is too short to hold one back.
/// </param>
/// <param name="Withheld">Customers left out for want of a legal basis.</param>
public sealed record TrainedModel(string Name, ModelFile File, Grade? Grade, long Withheld);

/// <summary>Fits models of a definition to the journals of a host.</summary>
public static class ModelTraining
{
    internal const string TooShort = "the past is too short to hold a window back";

    /// <summary>Null when a model can be fitted if there is the past for it; else why not.</summary>
    /// <param name="plan">The plan it is of.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="options">How.</param>
    public static string? Check(TwinPlan plan, string model, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } wrong) return $"{wrong}.";
        try
        {
            var slot = ModelTasks.SlotOf(plan, model);
            if (SequenceTask.KindOf(plan, slot, options) is { } sequence)
            {
                SequenceTask.Of(plan, slot, sequence, options.Inputs);
                return options.Calibration is null ? null : ModelTasks.NotCalibrated(model, sequence);
            }
            var (task, kind) = ModelTasks.Of(plan, model, options);
            var isAsAsked = options.Calibration is null || (LearntKinds.IsOfRows(kind) && task.IsProbability);
            return isAsAsked ? null : ModelTasks.NotCalibrated(model, kind);
        }
        catch (InvalidOperationException cannot)
        {
            return cannot.Message;
        }
    }

    /// <summary>
    /// Fits a model twice: on all but the last horizon, to be graded on that; then on all, to be used. What is fitted
    /// on, calibrated on and graded on lie one after the other in time. The same journals, consents, options and
    /// definition give the same bytes, whenever it is done.
    /// </summary>
    /// <param name="host">Whose journals.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="options">How.</param>
    /// <param name="now">The moment whose consents count.</param>
    /// <param name="progress">Told of the reading; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">It cannot be fitted; the message says why.</exception>
    public static async Task<TrainedModel> RunAsync(
        ITwinHost host, string model, TrainingOptions options, Instant now, Action<ReadingProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        var plan = host.Plans.Current;
        if (Check(plan, model, options) is { } wrong) throw new InvalidOperationException(wrong);
        if (SequenceTask.KindOf(plan, ModelTasks.SlotOf(plan, model), options) is { } sequence)
            return await SequenceTraining.RunAsync(host, model, sequence, options, now, progress, cancellation);
        var (task, kind) = ModelTasks.Of(plan, model, options);
        var reader = new ExampleReader(host, now);
        var (first, until) = await SpanAsync(reader, task, options, cancellation);
        var needs = TaskReading.NeedsOf(kind);
        // The graded one first: of the moment it is graded as of, purchase processes keep no features for the other.
        var graded = CutsOf(task, kind, options, first, until, isGraded: true) is { Grade: { } cut } cuts
            ? new TaskReading(task, cuts, cut, needs)
            : null;
        var whole = new TaskReading(
            task, CutsOf(task, kind, options, first, until, isGraded: false), until, needs, graded);
        if (task.Target is not null && whole.Cuts is null)
        {
            throw new InvalidOperationException(
                $"The past from {first} to {until} is too short to learn '{model}' from: it takes two times "
                + $"{task.Target.HorizonMs / (double)Instant.DayMs:0.#} days.");
        }
        IReadOnlyList<TaskReading> readings = graded is null ? [whole] : [whole, graded];
        await reader.ReadAsync(readings, options.Customers, options.Seed, progress, cancellation);
        var fit = ModelFit.Of(whole, kind, options, cancellation);
        var (grade, why) = graded is null ? (null, TooShort) : GradeOf(graded, kind, options, cancellation);
        var card = CardOf(fit, grade, why, whole, options) with { From = first, Until = until };
        return new TrainedModel(model, new ModelFile(fit.Model, fit.Ranges, card), grade, whole.Withheld);
    }

    /// <summary>When the past that may be learnt from begins, and when it ends for who learns.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    internal static (Instant First, Instant Until) SpanOf(PastSpan span, string model, TrainingOptions options)
    {
        if (span is { First.IsNever: true, Withheld: > 0 }) throw NobodyLawful(model, span.Withheld);
        if (span.First.IsNever) throw new InvalidOperationException("There are no events to learn from.");
        // What is later than the last event is not known to have stayed quiet.
        return (span.First, options.Until is { } until && until < span.Last ? until : span.Last);
    }

    internal static async Task<(Instant First, Instant Until)> SpanAsync(
        ExampleReader reader, ModelTask task, TrainingOptions options, CancellationToken cancellation) => SpanOf(
        (await reader.SpansAsync([task], options.Customers, options.Seed, cancellation))[0], task.Name, options);

    /// <summary>Why a model has nobody to learn from.</summary>
    internal static InvalidOperationException NobodyLawful(string model, long withheld) =>
        new($"'{model}' has nobody to learn from: there is no legal basis to use the data of "
            + $"{CountWords.Of(withheld, "customer")}.");

    internal static TimeCuts? CutsOf(
        ModelTask task, LearntKind kind, TrainingOptions options, Instant first, Instant until, bool isGraded)
    {
        var isCalibrated = LearntKinds.CalibrationOf(kind, options) != LearntCalibration.None;
        return task.Target is { } target
            ? TimeCuts.Of(first, until, target.HorizonMs, isGraded, isCalibrated)
            : null;
    }

    // A grade that cannot be had does not keep the model from being fitted on more.
    private static (Grade? Grade, string Why) GradeOf(
        TaskReading reading, LearntKind kind, TrainingOptions options, CancellationToken cancellation)
    {
        var graded = reading.Cuts?.Grade is { } cut ? reading.At(cut) : null;
        if (graded is null) return (null, TooShort);
        return GradeOf(graded.Count, () =>
        {
            var fit = ModelFit.Of(reading, kind, options, cancellation);
            return Grade.Of(reading.Task, fit.Model, graded, reading.ToFit);
        });
    }

    /// <summary>A grade of so many rows, or why there is none.</summary>
    internal static (Grade? Grade, string Why) GradeOf(int rows, Func<Grade?> fitAndGrade)
    {
        if (rows < ModelFit.LeastRows)
            return (null, $"the last window has {rows} rows, and {ModelFit.LeastRows} are the least");
        try
        {
            return (fitAndGrade(), "");
        }
        catch (InvalidOperationException cannot)
        {
            return (null, $"without the last window it cannot be fitted: {cannot.Message.TrimEnd('.')}");
        }
    }

    internal static ModelCard CardOf(
        FittedModel fit, Grade? grade, string ungraded, TaskReading whole, TrainingOptions options)
    {
        var measures = new Dictionary<string, double>(fit.Measures, StringComparer.Ordinal);
        List<string> limits = [.. fit.Limits];
        if (grade is null)
        {
            limits.Add($"Not graded: {ungraded}.");
        }
        else
        {
            measures["gradedRows"] = grade.Rows;
            Add("", grade.Model);
            foreach (var (naive, prefix) in grade.Naive.Zip((string[])["alike_", "again_"])) Add(prefix, naive);
        }
        if (whole.Withheld > 0)
        {
            limits.Add(
                $"{CountWords.Were(whole.Withheld, "customer")} not learnt from: there is no legal basis to.");
        }
        return new ModelCard
        {
            Origin = "dtoc train", Rows = fit.Rows, Seed = options.Seed, Measures = measures, Limits = limits,
        };

        // Where all had the same outcome there is nothing to rank, and no area under a curve.
        void Add(string prefix, Forecaster forecaster)
        {
            foreach (var (name, value) in forecaster.Measures)
            {
                if (double.IsFinite(value)) measures[prefix + name] = value;
            }
        }
    }
}
