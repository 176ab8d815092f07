using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.CustomerBase;

/// <summary>Fits models of a customer base without contracts by maximum likelihood.</summary>
public static class PurchaseFit
{
    private const double LeastShape = 1e-3;

    /// <summary>
    /// Highest shape: distributions narrower than a hundredth of their mean are points. Far under what the models
    /// take, so that a step of a difference is inside.
    /// </summary>
    private const double MostShape = 5_000;

    /// <summary>
    /// Of a process whose third parameter is as good as 0 and whose fourth is great, nobody leaves.
    /// </summary>
    private const double NoLeaving = 1e-9;

    /// <summary>
    /// By how much the log-likelihood must rise above that of the best model without dropout to vouch for its two
    /// parameters: Akaike's one each (1974).
    /// </summary>
    private const double LeastGain = 2;

    /// <summary>
    /// Fits a process. Where the likelihood has no peak, is flat, or is hardly higher than without dropout, the
    /// answer is <c>dropout not identified</c>: parameters that ran away forecast nonsense.
    /// </summary>
    /// <param name="histories">The histories.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static Fit<TProcess> Of<TProcess>(
        PurchaseHistories histories, CancellationToken cancellation = default)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (histories.Validate() is { } error) return new Fit<TProcess>.Invalid(error);
        var bounds = BoundsOf<TProcess>(histories);
        var start = StartOf<TProcess>(histories);
        if (!double.IsFinite(LogLikelihood(TProcess.Of(start), histories)))
            return new Fit<TProcess>.Invalid($"these are no histories of {TProcess.KindWord}");
        var optimum = LikelihoodSearch.Maximise(
            parameters => LogLikelihood(TProcess.Of(parameters), histories), histories.Customers, start, bounds,
            cancellation);
        string[] parts = ["purchase rates", "purchase rates", "dropout", "dropout"];
        var fit = Identification.Judge(
            optimum, TProcess.ParameterNames, bounds, parts, parameters => TProcess.Of(parameters));
        if (start.Length < 4 || fit is not Fit<TProcess>.Fitted fitted) return fit;
        var gain = fitted.LogLikelihood - LogLikelihood(WithoutDropOut<TProcess>(histories, cancellation), histories);
        return gain >= LeastGain ? fit : new Fit<TProcess>.NotIdentified(
            "dropout not identified",
            $"the log-likelihood is {gain:G2} above that without dropout; {LeastGain} would vouch for it");
    }

    /// <summary>The best process in which nobody leaves.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static TProcess WithoutDropOut<TProcess>(
        PurchaseHistories histories, CancellationToken cancellation = default)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        ArgumentNullException.ThrowIfNull(histories);
        var optimum = LikelihoodSearch.Maximise(
            two => LogLikelihood(Staying(two), histories), histories.Customers,
            StartOf<TProcess>(histories)[..2], [.. BoundsOf<TProcess>(histories).Take(2)],
            cancellation);
        return Staying(optimum.Parameters);

        static TProcess Staying(double[] two) => TProcess.Of([two[0], two[1], NoLeaving, MostShape]);
    }

    /// <summary>Log-likelihood of all histories.</summary>
    public static double LogLikelihood<TProcess>(TProcess process, PurchaseHistories histories)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        ArgumentNullException.ThrowIfNull(histories);
        var sum = 0.0;
        foreach (var (x, tx, T, count) in histories.Groups) sum += count * process.LogLikelihood(x, tx, T);
        return sum;
    }

    // Inverse scales are bound in units of the mean age, so that a fit does not depend on the unit of time.
    private static (double Low, double High)[] BoundsOf<TProcess>(PurchaseHistories histories)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var age = histories.Age / histories.Customers;
        (double, double) shape = (LeastShape, MostShape);
        (double, double) scale = (LeastShape * age, MostShape * age);
        return TProcess.KindWord switch
        {
            "nbd" => [shape, scale],
            "paretoNbd" => [shape, scale, shape, scale],
            "bgbb" => [shape, shape, shape, shape],
            _ => [shape, scale, shape, shape],
        };
    }

    // Rates spread as an exponential around the mean; half of a typical base gone by the mean age.
    private static double[] StartOf<TProcess>(PurchaseHistories histories)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var age = histories.Age / histories.Customers;
        var rate = histories.Purchases / histories.Age;
        return TProcess.KindWord switch
        {
            "nbd" => [0.7, 0.7 / rate],
            "paretoNbd" => [0.7, 0.4 / rate, 0.7, age],
            "bgbb" => [1, Math.Max(0.1, 0.6 / rate - 1), 0.7, 2],
            _ => [0.7, 0.4 / rate, 1, 2],
        };
    }
}
