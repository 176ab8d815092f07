using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Learn.Backtesting;

/// <summary>The back-test of a model with a target, against what came true of it.</summary>
internal sealed record TargetBacktest(TaskReading InForce, TaskReading? ToFit, LearntKind Kind) : IBacktestedModel
{
    private const double Level = 0.9;

    /// <summary>The model in force as something to grade.</summary>
    /// <exception cref="InvalidOperationException">Nothing says what came true of it.</exception>
    public static ModelTask TaskOf(TwinPlan plan, int slot)
    {
        if (ModelTask.TargetOf(plan, slot) is not { } target)
            throw ModelTasks.WithoutTarget(plan, slot);
        var reads = plan.Models[slot] is ModelPlan.OfModel ? plan.Models[slot].Reads : [];
        return new ModelTask(plan, slot, target, reads);
    }

    /// <summary>A model to be tested.</summary>
    /// <exception cref="InvalidOperationException">It cannot be; the message says why.</exception>
    public static TargetBacktest Of(
        TwinPlan plan, int slot, TrainingOptions options, Instant first, Instant until)
    {
        var model = plan.Models[slot].Name;
        var task = TaskOf(plan, slot);
        var target = task.Target!; // a test has one
        if (TimeCuts.Of(first, until, target.HorizonMs, isGraded: true) is not { Grade: { } at } cuts)
            throw Backtest.TooShort(model, first, until, target.HorizonMs);
        (ModelTask Task, LearntKind Kind)? toFit =
            plan.Models[slot] is ModelPlan.OfFormula ? null : ModelTasks.Of(plan, model, options);
        return new TargetBacktest(
            new TaskReading(task, cuts, at, ReadingNeeds.Graded),
            toFit is { } fit
                ? new TaskReading(
                    fit.Task, ModelTraining.CutsOf(fit.Task, fit.Kind, options, first, until, isGraded: true), at,
                    TaskReading.NeedsOf(fit.Kind))
                : null,
            toFit?.Kind ?? default);
    }

    /// <inheritdoc/>
    public IEnumerable<TaskReading> Readings => ToFit is null ? [InForce] : [InForce, ToFit];

    /// <inheritdoc/>
    public ModelBacktest Result(TrainingOptions options, CancellationToken cancellation)
    {
        var (task, target) = (InForce.Task, InForce.Task.Target!); // a test has one
        var at = InForce.Cuts!.Grade!.Value; // and a moment
        var remarks = Backtest.RemarksOn(InForce, at);
        var days = target.HorizonMs / (double)Instant.DayMs;
        var among = task.Plan.Definition.Models[task.Model].Target?.Among?.Text;
        var what = target.Outcome switch
        {
            Twin.Definitions.TargetOutcome.Any => "Whether '{0}' grows",
            Twin.Definitions.TargetOutcome.None => "Whether '{0}' stays as it is",
            _ => "By how much '{0}' grows",
        };
        var words = string.Format(
            System.Globalization.CultureInfo.InvariantCulture, what,
            task.Plan.Vector.NumberNames[target.Feature]);
        return new ModelBacktest(
            task.Name, task.Of.Unit, at, days,
            $"{words} within {days:0.#} days{(among is null ? "" : $", of those with {among}")}.",
            GradeInForce(at, remarks), GradeRefitted(at, options, remarks, cancellation), remarks);
    }

    private Grade? GradeInForce(Instant at, List<string> remarks)
    {
        var graded = InForce.At(at);
        if (!graded.Scores.Any(double.IsFinite))
        {
            remarks.Add("The model in force says nothing of these customers.");
            return null;
        }
        // A prior is mixed in outside of the model: its own interval would be too narrow.
        var own = InForce.Task.Of is ModelPlan.OfModel { Prior: null, Model: var model } ? model : null;
        return Grade.Of(
            InForce.Task, graded.Scores, row => own?.IntervalOf(graded.Row(row), Level), graded, InForce.ToFit);
    }

    private Grade? GradeRefitted(
        Instant at, TrainingOptions options, List<string> remarks, CancellationToken cancellation)
    {
        if (ToFit is null) return null;
        try
        {
            var fit = ModelFit.Of(ToFit, Kind, options, cancellation);
            remarks.AddRange(fit.Limits);
            return Grade.Of(ToFit.Task, fit.Model, ToFit.At(at), ToFit.ToFit);
        }
        catch (InvalidOperationException cannot)
        {
            remarks.Add($"Not fitted again: {cannot.Message}");
            return null;
        }
    }
}
