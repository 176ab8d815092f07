using DToC.Learn.Training;
using DToC.Twin.Consent;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.CustomerBase;

/// <summary>Makes a model with its card of the histories of a customer base, or says why there is none.</summary>
public static class PurchaseTraining
{
    /// <summary>
    /// Fits a process and asks it a question. Where dropout is not identified, the answer comes from the same
    /// purchase rates without dropout, and the card says so; the probability of being alive then has no answer.
    /// </summary>
    /// <param name="histories">The histories.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="inputs">Names of x, t_x, T and, for a lifetime value, mean spend.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static Fit<ModelFile> Of<TProcess>(
        PurchaseHistories histories, PurchaseQuestion question, IReadOnlyList<string> inputs,
        CancellationToken cancellation = default)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(inputs);
        var isAlive = question.Output == PurchaseOutput.ProbabilityAlive;
        if (isAlive && !TProcess.TellsWhoLeft)
            return new Fit<ModelFile>.Invalid(
                $"{TProcess.KindWord} does not tell who has left: {string.Join(' ', TProcess.Limits)} "
                + $"Take {ParetoNbd.KindWord} or {MbgNbd.KindWord}");
        switch (PurchaseFit.Of<TProcess>(histories, cancellation))
        {
            case Fit<TProcess>.Fitted fitted:
                return Made(fitted, histories, question, inputs, []);
            case Fit<TProcess>.NotIdentified not when isAlive:
                return new Fit<ModelFile>.NotIdentified(not.What, not.Why);
            case Fit<TProcess>.NotIdentified not:
                return WithoutDropOut<TProcess>(
                    histories, question, inputs, $"{not.What} ({not.Why})", cancellation);
            case Fit<TProcess>.Invalid invalid:
                return new Fit<ModelFile>.Invalid(invalid.Error);
            default:
                throw new InvalidOperationException("A fit has three outcomes.");
        }
    }

    private static Fit<ModelFile> WithoutDropOut<TProcess>(
        PurchaseHistories histories, PurchaseQuestion question, IReadOnlyList<string> inputs, string why,
        CancellationToken cancellation)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        string[] limits = [$"{TProcess.KindWord}: {why}. The forecast is of purchase rates alone, as if nobody left."];
        // Discrete opportunities have no NBD: there the process itself, with hardly any dropout, stands in.
        if (TProcess.KindWord == BgBb.KindWord)
        {
            var staying = PurchaseFit.WithoutDropOut<TProcess>(histories, cancellation);
            return Made(
                new Fit<TProcess>.Fitted(staying, PurchaseFit.LogLikelihood(staying, histories), [], [], 0),
                histories, question, inputs, limits);
        }
        return PurchaseFit.Of<Nbd>(histories, cancellation) switch
        {
            Fit<Nbd>.Fitted rates => Made(rates, histories, question, inputs, limits),
            Fit<Nbd>.NotIdentified not => new Fit<ModelFile>.NotIdentified(not.What, not.Why),
            Fit<Nbd>.Invalid invalid => new Fit<ModelFile>.Invalid(invalid.Error),
            _ => throw new InvalidOperationException("A fit has three outcomes."),
        };
    }

    private static Fit<ModelFile>.Fitted Made<TProcess>(
        Fit<TProcess>.Fitted fit, PurchaseHistories histories, PurchaseQuestion question, IReadOnlyList<string> inputs,
        IReadOnlyList<string> limits)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var names = TProcess.ParameterNames;
        var covariance = fit.Covariance.Count == 0 ? null : new LogCovariance(names.Count, [.. fit.Covariance]);
        var measures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["logLikelihood"] = fit.LogLikelihood, ["customers"] = histories.Customers,
        };
        for (var i = 0; i < fit.StandardErrors.Count; i++) measures[$"se.{names[i]}"] = fit.StandardErrors[i];
        var file = new ModelFile(
            new PurchaseForecast<TProcess>(fit.Model, question, inputs, covariance), RangesOf(histories, inputs),
            new ModelCard
            {
                Origin = $"maximum likelihood of {TProcess.KindWord}", Rows = (long)histories.Customers,
                Measures = measures, Limits = [.. TProcess.Limits, .. limits],
            });
        return new Fit<ModelFile>.Fitted(
            file, fit.LogLikelihood, fit.StandardErrors, fit.Covariance, fit.Iterations);
    }

    private static InputRange[] RangesOf(PurchaseHistories histories, IReadOnlyList<string> inputs)
    {
        Func<PurchaseHistory, double>[] columns = [h => h.X, h => h.Tx, h => h.T];
        // One place a customer, of the same history no more than it takes to be seen.
        var customers = histories.Groups.ToArray()
            .SelectMany(same => Enumerable.Repeat(same, (int)Math.Min(same.Count, DisclosureLimit.LeastCustomers)))
            .ToArray();
        return
        [
            .. inputs.Select((name, i) => i < columns.Length
                ? SeenRanges.Of(name, customers.Select((customer, at) => (at, columns[i](customer))))
                : InputRange.Unknown(name)),
        ];
    }
}
