using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Tests.Models.CustomerBase;

/// <summary>Models of the customer base, one of each kind and output.</summary>
internal static class CustomerBaseSamples
{
    private static readonly string[] History = ["orders.x", "orders.tx", "orders.T"];

    private static readonly SpendParameters Spend =
        new(new GammaGamma(6.25, 3.74, 15.44), new LogCovariance(3, [0.04, 0, 0, 0, 0.02, 0, 0, 0, 0.05]));

    private static readonly LogCovariance OfFour =
        new(4, [0.01, 0.008, 0, 0, 0.008, 0.02, 0, 0, 0, 0, 0.05, 0.04, 0, 0, 0.04, 0.09]);

    public static IReadOnlyDictionary<string, SampleModel> All { get; } = new[]
    {
        OfProcess(new BgNbd(0.243, 4.414, 0.793, 2.426), OfFour),
        OfProcess(new MbgNbd(0.525, 6.183, 0.891, 1.614), OfFour),
        OfProcess(new ParetoNbd(0.553, 10.58, 0.606, 11.67), OfFour),
        OfProcess(new BgBb(1.204, 0.75, 0.657, 2.783), OfFour),
        OfProcess(new Nbd(0.385, 12.08), new LogCovariance(2, [0.01, 0.008, 0.008, 0.02])),
        OfContracts(),
    }.SelectMany(samples => samples).ToDictionary();

    private static IEnumerable<KeyValuePair<string, SampleModel>> OfProcess<TProcess>(
        TProcess process, LogCovariance covariance)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        double[][] histories = [[2, 30.43, 38.86], [0, 0, 38.86], [7, 20, 60], [0, 0, 0], [26, 30, 31]];
        double[][] withSpend = [.. histories.Select((history, i) => (double[])[.. history, 20 * i])];
        var discount = new Discount(0.003, Compounding.Discrete);
        var questions = new PurchaseQuestion[]
        {
            new() { Output = PurchaseOutput.ExpectedPurchases, Horizon = 39 },
            new() { Output = PurchaseOutput.ProbabilityAlive },
            new() { Output = PurchaseOutput.ProbabilityOfPurchase, Horizon = 13 },
            new() { Output = PurchaseOutput.LifetimeValue, Discount = discount, Spend = Spend },
            new() { Output = PurchaseOutput.LifetimeValue, Horizon = 52, Discount = discount, Spend = Spend },
        };
        foreach (var question in questions)
        {
            string[] inputs = question.Spend is null ? History : [.. History, "orders.mean"];
            var vectors = question.Spend is null ? histories : withSpend;
            var name = $"{TProcess.KindWord} {ModelFields.Written(question.Output)} {question.Horizon}";
            yield return new(name, new(new PurchaseForecast<TProcess>(process, question, inputs), vectors));
            yield return new(
                $"{name} with covariance",
                new(new PurchaseForecast<TProcess>(process, question, inputs, covariance), vectors));
        }
    }

    private static IEnumerable<KeyValuePair<string, SampleModel>> OfContracts()
    {
        double[][] spends = [[0, double.NaN], [3, 20], [50, 120], [2, 0]];
        yield return new("gammaGamma", new(new SpendForecast(Spend, ["orders.x", "orders.mean"]), spends));
        var sbg = new ShiftedBetaGeometric(0.668, 3.806);
        var ofTwo = new LogCovariance(2, [0.01, 0.008, 0.008, 0.02]);
        var year = new Discount(0.1, Compounding.Discrete);
        foreach (var output in Enum.GetValues<RetentionOutput>())
        {
            yield return new($"sbg {ModelFields.Written(output)}", new(
                new RetentionForecast(sbg, output, 4, year, "renewals", ofTwo), [0], [3], [40]));
        }
        yield return new("sbg residualLifetime for good", new(
            new RetentionForecast(sbg, RetentionOutput.ResidualLifetime, double.PositiveInfinity, year, "renewals"),
            [0], [3]));
        yield return new("sbg by age", new(
            new RetentionForecast(sbg, RetentionOutput.Churn, 1, Discount.None, "days", ofTwo, period: 30),
            [0], [95.5], [400]));
        var covariates = new LogisticInput[] { new("calls", 0.4, 2, 1.5), new("price", -0.2, 50, 20, 45) };
        double[] covariance = [.. Enumerable.Range(0, 25).Select(i => i % 6 == 0 ? 0.02 : 0.001)];
        double[][] customers = [[0, 2, 50], [1, 6, 20], [30, 0, double.NaN]];
        double[] effects = [-2, -2.5, -3];
        yield return new("hazard churn", new(
            new HazardForecast(effects, "tenure", covariates, 6, isChurn: true, covariance), customers));
        yield return new("hazard survival", new(
            new HazardForecast(effects, "tenure", covariates, 12, isChurn: false), customers));
        yield return new("hazard by age", new(
            new HazardForecast(effects, "days", covariates, 1, isChurn: true, covariance, period: 30), customers));
    }
}
