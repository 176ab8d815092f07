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
    /// <summary>Null when models can be tested if there is the past for it; else why not.</summary>
    /// <param name="plan">The plan they are of.</param>
    /// <param name="models">Names of the models; null for all of which something says what came true.</param>
    /// <param name="options">How.</param>
    public static string? Check(TwinPlan plan, IReadOnlyList<string>? models, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } wrong) return $"{wrong}.";
        try
        {
            foreach (var name in NamesOf(plan, models))
            {
                var slot = TaskOf(plan, name, options).Model;
                if (SequenceOf(plan, slot, options) is null && plan.Models[slot] is not ModelPlan.OfFormula)
                    ModelTasks.Of(plan, name, options);
            }
            return null;
        }
        catch (InvalidOperationException cannot)
        {
            return cannot.Message;
        }
    }

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
        var names = NamesOf(plan, models);
        var spans = await reader.SpansAsync(
            [.. names.Select(name => TaskOf(plan, name, options))], options.Customers, options.Seed, cancellation);
        var past = spans.Aggregate(PastSpan.None, (all, span) => all.Or(span));
        var (first, until) = ModelTraining.SpanOf(past, names.FirstOrDefault(""), options);
        var tests = names.Select((name, i) =>
        {
            // Of all there are, one that may learn from nobody is told of with the others; one that was asked for not.
            var span = spans[i].First.IsNever && models is not { Count: > 0 } ? past : spans[i];
            var own = ModelTraining.SpanOf(span, name, options);
            return TestOf(plan, name, options, own.First, own.Until);
        }).ToList();
        await reader.ReadAsync(
            [.. tests.SelectMany(test => test.Readings)], options.Customers, options.Seed, progress, cancellation);
        return new Backtest(
            $"{plan.Definition.Name} {plan.Definition.Version}", plan.Hash, first, until,
            [.. tests.Select(test => test.Result(options, cancellation))]);
    }

    /// <summary>Why a model cannot be graded on a past that is too short.</summary>
    internal static InvalidOperationException TooShort(string model, Instant first, Instant until, long horizonMs) =>
        new($"The past from {first} to {until} is too short to grade '{model}': it takes three times "
            + $"{horizonMs / (double)Instant.DayMs:0.#} days.");

    /// <summary>What is to be said of any model that is tested.</summary>
    internal static List<string> RemarksOn(TaskReading reading, Instant at)
    {
        List<string> remarks = [];
        if (reading.Withheld > 0)
        {
            remarks.Add($"{CountWords.Were(reading.Withheld, "customer")} left out: "
                + "there is no legal basis to use their data.");
        }
        if (reading.Task.Of.Fitted?.Card.Until is { } seen && seen > at)
            remarks.Add($"The model in force was fitted on data until {seen}: its grade flatters it.");
        return remarks;
    }

    private static IReadOnlyList<string> NamesOf(TwinPlan plan, IReadOnlyList<string>? models) =>
        models is { Count: > 0 } ? models : ModelTasks.Gradable(plan);

    /// <summary>Whose customers count for the past that a model is tested on.</summary>
    private static ModelTask TaskOf(TwinPlan plan, string model, TrainingOptions options)
    {
        var slot = ModelTasks.SlotOf(plan, model);
        return SequenceOf(plan, slot, options) is { } sequence
            ? SequenceBacktest.TaskOf(plan, slot, sequence, options)
            : TargetBacktest.TaskOf(plan, slot);
    }

    private static IBacktestedModel TestOf(
        TwinPlan plan, string model, TrainingOptions options, Instant first, Instant until)
    {
        var slot = ModelTasks.SlotOf(plan, model);
        return SequenceOf(plan, slot, options) is { } sequence
            ? SequenceBacktest.Of(plan, slot, sequence, options, first, until)
            : TargetBacktest.Of(plan, slot, options, first, until);
    }

    private static LearntKind? SequenceOf(TwinPlan plan, int slot, TrainingOptions options)
    {
        var hasTarget = ModelTask.TargetOf(plan, slot) is not null;
        var asked = options.Kind is { } kind && SequenceTask.Has(kind) ? options.Kind : null;
        return SequenceTask.OwnKind(plan, slot) ?? (hasTarget ? null : asked);
    }
}

/// <summary>A model whose forecasts of a past moment are compared with what came.</summary>
internal interface IBacktestedModel
{
    /// <summary>What is to be read for it.</summary>
    IEnumerable<TaskReading> Readings { get; }

    /// <summary>How its forecasts compare, once all is read.</summary>
    ModelBacktest Result(TrainingOptions options, CancellationToken cancellation);
}
