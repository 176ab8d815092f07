using DToC.Learn.Pricing;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Plan;

namespace DToC.Learn.Training;

/// <summary>
/// Purchases at a price, to fit a <see cref="PriceSensitivity"/> to. Graded are the purchases of the horizon behind the
/// moment: the logarithm of how much was bought at their price, foretold from the customer's purchases before it.
/// </summary>
internal sealed class DemandReading : ISequenceReading
{
    private readonly Instant _until;
    private readonly Instant? _cut;
    private readonly FoldStep?[] _steps;
    private readonly List<DemandHistory> _whole = [];
    private readonly List<DemandHistory> _known = [];
    private readonly List<Bought> _graded = [];

    /// <summary>A purchase to grade on.</summary>
    /// <param name="Before">The customer's purchases until the moment.</param>
    private readonly record struct Bought(DemandHistory Before, double LogPrice, double LogQuantity);

    /// <param name="task">The model, which reads demand sums.</param>
    /// <param name="until">Where the past ends.</param>
    /// <param name="horizonMs">The horizon in ms, above 0.</param>
    /// <param name="cut">The moment to grade as of; null when the past is too short for one.</param>
    public DemandReading(ModelTask task, Instant until, long horizonMs, Instant? cut)
    {
        (Task, _until, _cut, HorizonDays) = (task, until, cut, horizonMs / (double)Instant.DayMs);
        var feature = task.Plan.Vector.Features[task.Inputs[0]];
        _steps =
        [
            .. task.Plan.Fold.Ordered.Select(steps => Array.Find(
                steps, step => step.Op == FoldOp.Demand && step.At == feature.At) is { Op: FoldOp.Demand } step
                    ? step
                    : (FoldStep?)null),
        ];
    }

    /// <inheritdoc/>
    public ModelTask Task { get; }

    /// <inheritdoc/>
    public double HorizonDays { get; }

    /// <inheritdoc/>
    public long Rows => _whole.Sum(customer => (long)customer.Count);

    /// <inheritdoc/>
    public int GradedRows => _graded.Count;

    /// <inheritdoc/>
    public string Words => "How much is bought at the price of each purchase, as ln quantity, "
        + $"within {HorizonDays:0.#} days.";

    /// <inheritdoc/>
    public void Add(int customer, IReadOnlyList<TouchpointEvent> events)
    {
        foreach (var own in SequenceTrail.Apart(events))
        {
            var (whole, known) = (new DemandHistory(2), new DemandHistory(2));
            var later = new List<(double LogPrice, double LogQuantity)>();
            foreach (var e in own.Where(e => e.OccurredAt <= _until))
            {
                if (Purchase(e) is not { } bought) continue;
                whole.Add([1, bought.LogPrice], bought.LogQuantity);
                if (_cut is not { } at) continue;
                if (e.OccurredAt <= at) known.Add([1, bought.LogPrice], bought.LogQuantity);
                else later.Add(bought);
            }
            if (whole.Count > 0) _whole.Add(whole);
            if (known.Count > 0) _known.Add(known);
            _graded.AddRange(later.Select(bought => new Bought(known, bought.LogPrice, bought.LogQuantity)));
        }
    }

    /// <inheritdoc/>
    public FittedModel FitWhole(CancellationToken cancellation) => Fit(_whole, cancellation);

    /// <inheritdoc/>
    public FittedModel FitKnown(CancellationToken cancellation) => Fit(_known, cancellation);

    /// <inheritdoc/>
    public Grade? GradeOf(PredictiveModel model)
    {
        if (model is not PriceSensitivity sensitivity || sensitivity.Mean.Length != 2) return null;
        double[] came = [.. _graded.Select(bought => bought.LogQuantity)];
        var mean = _known.Sum(Quantities) / Math.Max(1, _known.Sum(customer => customer.Count));
        return new Grade(
            came.Length, Measured("model", bought => Foretold(sensitivity, bought)),
            [
                Measured("everybody alike", _ => mean),
                Measured("the same again", bought =>
                    bought.Before.Count == 0 ? mean : Quantities(bought.Before) / bought.Before.Count),
            ], []);

        Forecaster Measured(string name, Func<Bought, double> forecast) =>
            Grade.OfAmounts(name, [.. _graded.Select(forecast)], came);
    }

    private static double Foretold(PriceSensitivity model, in Bought bought)
    {
        Span<double> own = stackalloc double[2];
        if (!model.Posterior(bought.Before.Sums, own)) model.Mean.CopyTo(own);
        return own[0] + own[1] * bought.LogPrice;
    }

    // The first of the sums with ln quantity.
    private static double Quantities(DemandHistory customer) => customer.Sums[3];

    private (double LogPrice, double LogQuantity)? Purchase(TouchpointEvent e)
    {
        if (_steps[e.Type] is not { } step) return null;
        var (price, quantity) = (e.Numbers[step.Signal], e.Numbers[step.Size]);
        // One that is missing is far below 0.
        if (price <= 0 || quantity <= 0) return null;
        var scales = Task.Plan.Events.Types[e.Type].Scales;
        return (Math.Log(price / scales[step.Signal]), Math.Log(quantity / scales[step.Size]));
    }

    private FittedModel Fit(List<DemandHistory> customers, CancellationToken cancellation)
    {
        var outcome = PriceSensitivityFit.Of(Task.InputNames, customers, cancellation);
        if (outcome is PriceFit.NotIdentified not)
            throw new InvalidOperationException($"'{Task.Name}' cannot be fitted: {not.Why}");
        var fit = (PriceFit.Fitted)outcome;
        var measures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["logLikelihood"] = fit.LogLikelihood, ["customers"] = customers.Count,
            ["meanElasticity"] = fit.Model.Mean[1],
        };
        List<string> limits = [SequenceTraining.KeptAlone];
        if (fit.Model.MeanCovariance is { } sure) measures["se.meanElasticity"] = Math.Sqrt(sure[3]);
        else limits.Add("How sure the population's own numbers are is not known.");
        if (!fit.IsConverged)
            limits.Add($"The fit ended after {fit.Iterations} rounds, short of the greatest likelihood.");
        // One without purchases, whose sums are 0, was seen too.
        var ranges = Task.InputNames.Select((name, i) => SeenRanges.Of(
                name, customers.Select((customer, at) => (at, customer.Sums[i]))))
            .Select(seen => seen with { Min = Math.Min(0, seen.Min), Max = Math.Max(0, seen.Max) });
        return new FittedModel(fit.Model, [.. ranges], customers.Sum(c => (long)c.Count), measures, limits);
    }
}
