using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Learn.Backtesting;

/// <summary>The back-test of a model that is fitted to events themselves, against the events that came.</summary>
internal sealed record SequenceBacktest(TaskReading Reading, ISequenceReading Sequences, Instant At)
    : IBacktestedModel
{
    /// <inheritdoc/>
    public IEnumerable<TaskReading> Readings => [Reading];

    private ModelTask Task => Sequences.Task;

    /// <summary>What a test reads.</summary>
    /// <exception cref="InvalidOperationException">There is no such feature.</exception>
    public static ModelTask TaskOf(TwinPlan plan, int slot, LearntKind kind, TrainingOptions options)
    {
        // Features that are named are those of models to be fitted, as there may be several of them.
        var isInForce = SequenceTask.OwnKind(plan, slot) is not null;
        return SequenceTask.Of(plan, slot, kind, isInForce ? null : options.Inputs);
    }

    /// <summary>A model to be tested; over the horizon of the one in force, where it has one.</summary>
    /// <exception cref="InvalidOperationException">It cannot be; the message says why.</exception>
    public static SequenceBacktest Of(
        TwinPlan plan, int slot, LearntKind kind, TrainingOptions options, Instant first, Instant until)
    {
        var task = TaskOf(plan, slot, kind, options);
        var days = SequenceTask.ModelOf(plan, slot) is TransitionForecast { HorizonDays: var own }
            ? own
            : options.HorizonDays;
        var horizonMs = (long)(days * Instant.DayMs);
        if (horizonMs < 1 || TimeCuts.Of(first, until, horizonMs, isGraded: true)?.Grade is not { } at)
            throw Backtest.TooShort(plan.Models[slot].Name, first, until, horizonMs);
        var sequences = SequenceTask.ReadingOf(task, kind, until, horizonMs, at);
        return new SequenceBacktest(new TaskReading(task, cuts: null, until) { Sequences = sequences }, sequences, at);
    }

    /// <inheritdoc/>
    public ModelBacktest Result(TrainingOptions options, CancellationToken cancellation)
    {
        var remarks = Backtest.RemarksOn(Reading, At);
        return new ModelBacktest(
            Task.Name, Task.Of.Unit ?? "probability", At, Sequences.HorizonDays, Sequences.Words, InForce(remarks),
            Refitted(remarks, cancellation), remarks);
    }

    private Grade? InForce(List<string> remarks)
    {
        if (SequenceTask.ModelOf(Task.Plan, Task.Model) is not { } model)
        {
            remarks.Add("No model is in force.");
            return null;
        }
        if (Task.Of.Prior is not null) remarks.Add("The model in force is graded without the definition's prior.");
        var grade = Sequences.GradeOf(model);
        if (grade is null) remarks.Add($"The model in force is {model.Kind}, which forecasts something else.");
        return grade;
    }

    private Grade? Refitted(List<string> remarks, CancellationToken cancellation)
    {
        try
        {
            var fit = Sequences.FitKnown(cancellation);
            remarks.AddRange(fit.Limits);
            return Sequences.GradeOf(fit.Model);
        }
        catch (InvalidOperationException cannot)
        {
            remarks.Add($"Not fitted again: {cannot.Message}");
            return null;
        }
    }
}
