using DToC.Grains;
using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Plan;

namespace DToC.Learn.Backtesting;

/// <summary>A model's forecasts as of a past moment beside what came.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Unit">Unit of the forecasts, or null.</param>
/// <param name="At">The moment: nothing later was read for the forecast.</param>
/// <param name="HorizonDays">Days ahead.</param>
/// <param name="Forecast">What was forecast, in words.</param>
/// <param name="InForce">Grade of the model in force; null when it says nothing.</param>
/// <param name="Refitted">
/// Grade of a model of the same kind fitted to nothing later than the moment; null where there is nothing to fit.
/// </param>
/// <param name="Remarks">What is to be said of it, a sentence each.</param>
public sealed record ModelBacktest(
    string Model, string? Unit, Instant At, double HorizonDays, string Forecast, Grade? InForce, Grade? Refitted,
    IReadOnlyList<string> Remarks);

/// <summary>Replays journals to past moments, forecasts, and compares with what came.</summary>
/// <param name="Definition">Name and version of the definition.</param>
/// <param name="Hash">Content hash of definition and models.</param>
/// <param name="From">Start of the past.</param>
/// <param name="Until">Its end.</param>
/// <param name="Models">One a model that was graded.</param>
public sealed record Backtest(
    string Definition, ulong Hash, Instant From, Instant Until, IReadOnlyList<ModelBacktest> Models)
{
    private const double Level = 0.9;

    /// <summary>Runs a back-test.</summary>
    /// <param name="host">Whose journals.</param>
    /// <param name="models">Names of the models; null for all of which something says what came true.</param>
    /// <param name="options">How; where the past ends, the last horizon is what is forecast.</param>
    /// <param name="now">The moment whose consents count.</param>
    /// <param name="progress">Told of the reading; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">It cannot be done; the message says why.</exception>
    public static async Task<Backtest> RunAsync(
        ITwinHost host, IReadOnlyList<string>? models, TrainingOptions options, Instant now,
        Action<ReadingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } wrong) throw new InvalidOperationException($"{wrong}.");
        var plan = host.Plans.Current;
        var reader = new ExampleReader(host, now);
        var (first, until) = await ModelTraining.SpanAsync(reader, options, cancellation);
        var tests = (models ?? ModelTasks.Gradable(plan)).Select(name => TestOf(plan, name, options, first, until))
            .ToList();
        await reader.ReadAsync(
            [.. tests.SelectMany(test => test.Readings)], options.Customers, options.Seed, progress, cancellation);
        return new Backtest(
            $"{plan.Definition.Name} {plan.Definition.Version}", plan.Hash, first, until,
            [.. tests.Select(test => test.Result(options))]);
    }

    private static Test TestOf(TwinPlan plan, string model, TrainingOptions options, Instant first, Instant until)
    {
        var slot = ModelTasks.SlotOf(plan, model);
        if (ModelTask.TargetOf(plan, slot) is not { } target)
            throw ModelTasks.WithoutTarget(model);
        var reads = plan.Models[slot] is ModelPlan.OfModel ? plan.Models[slot].Reads : [];
        var task = new ModelTask(plan, slot, target, reads);
        if (TimeCuts.Of(first, until, target.HorizonMs, isGraded: true) is not { Grade: { } at } cuts)
        {
            throw new InvalidOperationException(
                $"The past from {first} to {until} is too short to grade '{model}': it takes three times "
                + $"{target.HorizonMs / (double)Instant.DayMs:0.#} days.");
        }
        (ModelTask Task, LearntKind Kind)? toFit =
            plan.Models[slot] is ModelPlan.OfFormula ? null : ModelTasks.Of(plan, model, options);
        return new Test(
            new TaskReading(task, cuts, at), toFit is { } fit ? new TaskReading(fit.Task, cuts, at) : null,
            toFit?.Kind ?? default);
    }

    private sealed record Test(TaskReading InForce, TaskReading? ToFit, LearntKind Kind)
    {
        public IEnumerable<TaskReading> Readings => ToFit is null ? [InForce] : [InForce, ToFit];

        public ModelBacktest Result(TrainingOptions options)
        {
            var (task, target) = (InForce.Task, InForce.Task.Target!); // a test has one
            var at = InForce.Cuts!.Grade!.Value; // and a moment
            List<string> remarks = [];
            if (InForce.Withheld > 0)
                remarks.Add($"{InForce.Withheld} customers were left out: there is no legal basis to use their data.");
            if (task.Of.Fitted?.Card.Until is { } seen && seen > at)
                remarks.Add($"The model in force was fitted on data until {seen}: its grade flatters it.");
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
                GradeInForce(at, remarks), GradeRefitted(at, options, remarks), remarks);
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

        private Grade? GradeRefitted(Instant at, TrainingOptions options, List<string> remarks)
        {
            if (ToFit is null) return null;
            try
            {
                var fit = ModelFit.Of(ToFit, Kind, options);
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
}
