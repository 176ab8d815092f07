using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Learn.Backtesting;

/// <summary>The back-test of a model of what comes next, against what came next.</summary>
internal sealed record SequenceBacktest(TaskReading Reading, SequenceReading Sequences, Instant At)
    : IBacktestedModel
{
    /// <inheritdoc/>
    public IEnumerable<TaskReading> Readings => [Reading];

    private ModelTask Task => Sequences.Trail.Task;

    /// <summary>What a test reads.</summary>
    /// <exception cref="InvalidOperationException">There is no such feature.</exception>
    public static SequenceTrail TrailOf(TwinPlan plan, int slot, LearntKind kind, TrainingOptions options)
    {
        // Features that are named are those of models to be fitted, as there may be several of them.
        var isInForce = SequenceTask.OwnKind(plan, slot) is not null;
        return SequenceTask.TrailOf(plan, slot, kind, isInForce ? null : options.Inputs);
    }

    /// <summary>A model to be tested; over the horizon of the one in force, where it has one.</summary>
    /// <exception cref="InvalidOperationException">It cannot be; the message says why.</exception>
    public static SequenceBacktest Of(
        TwinPlan plan, int slot, LearntKind kind, TrainingOptions options, Instant first, Instant until)
    {
        var trail = TrailOf(plan, slot, kind, options);
        var days = SequenceTask.ModelOf(plan, slot) is TransitionForecast { HorizonDays: var own }
            ? own
            : options.HorizonDays;
        var horizonMs = (long)(days * Instant.DayMs);
        if (horizonMs < 1 || TimeCuts.Of(first, until, horizonMs, isGraded: true)?.Grade is not { } at)
            throw Backtest.TooShort(plan.Models[slot].Name, first, until, horizonMs);
        var sequences = new SequenceReading(trail, until, horizonMs, at);
        return new SequenceBacktest(
            new TaskReading(trail.Task, cuts: null, until) { Sequences = sequences }, sequences, at);
    }

    /// <inheritdoc/>
    public ModelBacktest Result(TrainingOptions options, CancellationToken cancellation)
    {
        var remarks = Backtest.RemarksOn(Reading, At);
        var within = $"within {Sequences.HorizonDays:0.#} days";
        var words = Sequences.Trail.Kind switch
        {
            LearntKind.Affinity => $"What the next basket holds, of those who bought before and again {within}.",
            LearntKind.NextEvent => $"Which event comes next, and when; the value is whether {What} comes {within}.",
            _ => $"Which stage comes next, and when; the value is whether {What} comes {within}.",
        };
        return new ModelBacktest(
            Task.Name, Task.Of.Unit ?? "probability", At, Sequences.HorizonDays, words, InForce(remarks),
            Refitted(remarks, cancellation), remarks);
    }

    private string What => SequenceTask.ModelOf(Task.Plan, Task.Model) is TransitionForecast { Target: { } target }
        ? $"'{target}'"
        : "any";

    private Grade? InForce(List<string> remarks)
    {
        if (SequenceTask.ModelOf(Task.Plan, Task.Model) is not { } model)
        {
            remarks.Add("No model is in force.");
            return null;
        }
        if (Task.Of.Prior is not null) remarks.Add("The model in force is graded without the definition's prior.");
        return SequenceTraining.GradeOf(model, Sequences);
    }

    private Grade? Refitted(List<string> remarks, CancellationToken cancellation)
    {
        try
        {
            var fit = Sequences.Known.Fit(Sequences.HorizonDays, cancellation);
            remarks.AddRange(fit.Limits);
            return SequenceTraining.GradeOf(fit.Model, Sequences);
        }
        catch (InvalidOperationException cannot)
        {
            remarks.Add($"Not fitted again: {cannot.Message}");
            return null;
        }
    }
}
