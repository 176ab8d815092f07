using DToC.Learn.Calibration;
using DToC.Learn.CustomerBase;
using DToC.Learn.Propensity;
using DToC.Learn.Trees;
using DToC.Twin.Models;
using DToC.Twin.Models.Calibration;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.Training;

/// <summary>A model that was fitted, with what is to be said of the fit.</summary>
/// <param name="Model">The model.</param>
/// <param name="Ranges">What it saw of each input.</param>
/// <param name="Rows">Rows it was fitted on.</param>
/// <param name="Measures">Measures of the fit.</param>
/// <param name="Limits">What it is not good for, a sentence each.</param>
public sealed record FittedModel(
    PredictiveModel Model, IReadOnlyList<InputRange> Ranges, long Rows, IReadOnlyDictionary<string, double> Measures,
    IReadOnlyList<string> Limits);

/// <summary>Fits a model of a kind to what was read.</summary>
internal static class ModelFit
{
    /// <summary>Fewest rows, and fewest of either outcome, to fit a model of many inputs on.</summary>
    public const int LeastRows = 50;

    private const int LeastOutcomes = 10;

    /// <exception cref="InvalidOperationException">It cannot be fitted; the message says why.</exception>
    public static FittedModel Of(
        TaskReading reading, LearntKind kind, TrainingOptions options, CancellationToken cancellation) => kind switch
    {
        _ when LearntKinds.IsOfRows(kind) => OfRows(reading, kind, options, cancellation),
        LearntKind.BgNbd => OfHistory<BgNbd>(reading, cancellation),
        LearntKind.MbgNbd => OfHistory<MbgNbd>(reading, cancellation),
        LearntKind.ParetoNbd => OfHistory<ParetoNbd>(reading, cancellation),
        LearntKind.GammaGamma => OfSpend(reading, cancellation),
        _ => throw new InvalidOperationException($"Unknown kind {kind}."),
    };

    private static FittedModel OfRows(
        TaskReading reading, LearntKind kind, TrainingOptions options, CancellationToken cancellation)
    {
        var task = reading.Task;
        double[] outcomes = [.. reading.ToFit.SelectMany(part => part.Outcomes)];
        Check(task, outcomes);
        if (LearntKinds.IsOfContracts(kind))
            return Calibrated(reading, ContractFit.Of(reading, kind, cancellation), kind, options);
        int[] customers = [.. reading.ToFit.SelectMany(part => part.Customers)];
        var table = Examples.Table(reading.ToFit);
        var ranges = SeenRanges.Of(reading.ToFit);
        var fit = kind switch
        {
            LearntKind.Logistic => Plain(LogisticFit.Of(table, outcomes)),
            LearntKind.Ftrl => Online(reading, table, ranges, outcomes),
            LearntKind.Frustration => Plain(CauseFit.Of(reading)),
            _ => Plain(TreesOf(table, outcomes, customers, BoostingOf(task, options), cancellation)),
        };
        return task.IsProbability ? Calibrated(reading, fit, kind, options) : fit;

        FittedModel Plain(PredictiveModel model) => new(model, ranges, table.Rows, NoMeasures, []);
    }

    // Rows of a moment come in the order of customers' ids, which says nothing; moments in that of time.
    private static FittedModel Online(
        TaskReading reading, TrainingTable table, IReadOnlyList<InputRange> ranges, double[] outcomes)
    {
        var (model, logLoss) = FtrlFit.Of(
            table, outcomes, reading.ToFit.First(part => part.Count > 0).Count, new FtrlOptions());
        return new FittedModel(
            model, ranges, table.Rows,
            new Dictionary<string, double>(StringComparer.Ordinal) { ["progressiveLogLoss"] = logLoss },
            ["Learnt row by row: how sure the weights are is not known, and intervals tell of the calibration alone."]);
    }

    private static FittedModel Calibrated(
        TaskReading reading, FittedModel fit, LearntKind kind, TrainingOptions options)
    {
        var way = LearntKinds.CalibrationOf(kind, options);
        if (way == LearntCalibration.None)
            return options.Calibration is null ? fit : With("Not calibrated, as was asked.");
        var calibration = reading.Cuts?.Calibrate is { } cut ? reading.At(cut) : null;
        if (calibration is null || !HasBoth(calibration.Outcomes))
            return With("Not calibrated: the past is too short for a window of its own to calibrate on.");
        double[] outcomes = [.. calibration.Outcomes];
        var scores = calibration.ToTable().Scores(fit.Model);
        CalibrationMap map = way == LearntCalibration.Isotonic
            ? IsotonicFit.Of(scores, outcomes)
            : PlattFit.Of(scores, outcomes, isOfLogOdds: true);
        return fit with { Model = new Calibrated(fit.Model, map) };

        FittedModel With(string limit) => fit with { Limits = [.. fit.Limits, limit] };
    }

    /// <summary>A fit, or an error that says of which model there is none.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Fit<TModel>.Fitted Expect<TModel>(string model, Fit<TModel> fit)
        where TModel : notnull => fit switch
    {
        Fit<TModel>.NotIdentified not => throw new InvalidOperationException($"'{model}': {not.What}: {not.Why}."),
        Fit<TModel>.Invalid invalid => throw new InvalidOperationException($"'{model}': {invalid.Error.TrimEnd('.')}."),
        _ => fit.Expect(),
    };

    private static PredictiveModel TreesOf(
        TrainingTable table, double[] outcomes, int[] customers, BoostingOptions boosting,
        CancellationToken cancellation)
    {
        var boosted = BoostedTrees.Fit(table, outcomes, boosting, customers, cancellation);
        return boosting.Loss == BoostingLoss.Squared && boosted.HeldOutResiduals.Count == 0
            ? boosted.Model
            : SpreadFit.Of(table, boosted, boosting, cancellation);
    }

    private static void Check(ModelTask task, double[] outcomes)
    {
        if (outcomes.Length < LeastRows)
            throw new InvalidOperationException(
                $"'{task.Name}' has {outcomes.Length} rows to learn from; {LeastRows} are the least.");
        if (task.IsProbability && !HasBoth(outcomes))
            throw new InvalidOperationException(
                $"'{task.Name}' has fewer than {LeastOutcomes} rows of one outcome: there is nothing to tell apart.");
    }

    private static bool HasBoth(IReadOnlyCollection<double> outcomes)
    {
        var came = outcomes.Count(outcome => outcome > 0.5);
        return came >= LeastOutcomes && outcomes.Count - came >= LeastOutcomes;
    }

    private static BoostingOptions BoostingOf(ModelTask task, TrainingOptions options) => new()
    {
        Loss = task.IsProbability ? BoostingLoss.Logistic : BoostingLoss.Squared,
        MaxTrees = options.Trees, LearningRate = 0.1, MaxLeaves = 8, MaxDepth = 4, MinLeafRows = 20,
        Seed = options.Seed,
    };

    private static FittedModel OfHistory<TProcess>(TaskReading reading, CancellationToken cancellation)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var everybody = reading.Everybody;
        // One who bought for the first time at the very end has been seen for no time at all.
        var histories = PurchaseHistories.Of(Rows(everybody).Where(row => double.IsFinite(row[0]) && row[2] > 0)
            .Select(row => new PurchaseHistory(row[0], row[1], row[2])));
        var question = InForce<PurchaseForecast>(reading).Question;
        var file = Expect(
            reading.Task.Name,
            PurchaseTraining.Of<TProcess>(histories, question, everybody.Inputs, cancellation)).Model;
        return new FittedModel(
            file.Model, SeenRanges.Of([everybody]), file.Card.Rows, file.Card.Measures, file.Card.Limits);
    }

    private static FittedModel OfSpend(TaskReading reading, CancellationToken cancellation)
    {
        var everybody = reading.Everybody;
        InForce<SpendForecast>(reading);
        var fitted = SpendFit.Of(Rows(everybody).Where(row => row[0] > 0 && row[1] > 0)
            .Select(row => new MeanSpend(row[0], row[1])), cancellation).Expect();
        var parameters = new SpendParameters(fitted.Model, new LogCovariance(3, [.. fitted.Covariance]));
        return new FittedModel(
            new SpendForecast(parameters, everybody.Inputs), SeenRanges.Of([everybody]), everybody.Count,
            new Dictionary<string, double>(StringComparer.Ordinal) { ["logLikelihood"] = fitted.LogLikelihood }, []);
    }

    // What is asked, and of which inputs, is known of the model that is to be replaced.
    private static TModel InForce<TModel>(TaskReading reading)
        where TModel : PredictiveModel => reading.Task.Of is Twin.Plan.ModelPlan.OfModel { Model: TModel own }
            ? own
            : throw new InvalidOperationException(
                $"'{reading.Task.Name}' is {reading.Task.Of.Kind} now, which a model of purchases cannot replace.");

    private static IEnumerable<double[]> Rows(Examples examples) =>
        Enumerable.Range(0, examples.Count).Select(row => examples.Row(row).ToArray());

    private static Dictionary<string, double> NoMeasures => new(StringComparer.Ordinal);
}
