using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>How old customers are, and how far ahead is asked.</summary>
/// <param name="Youngest">Least age in weeks, or opportunities.</param>
/// <param name="Oldest">Greatest age.</param>
/// <param name="Horizon">Weeks, or opportunities, ahead.</param>
/// <param name="Discount">Of the value of a whole life, per week or opportunity.</param>
internal readonly record struct PurchaseAges(int Youngest, int Oldest, double Horizon, double Discount);

/// <summary>What models of a customer base are asked of customers whose rate, drop-out and spend are known.</summary>
/// <remarks>
/// Of purchases, any purchase and value the truth is the expectation of the customer's own rate, drop-out and mean
/// spend: 0 of one who has left. Where many have left beyond doubt the interval is next to 0 and holds more often
/// than it says; ages are such that few have.
/// <para>
/// Nothing but being alive or not is one's own of being alive, and no interval within (0, 1) holds either. So the
/// truth of that is the probability given the history under the true parameters of the base; those of whom it is
/// certain in the model whatever its parameters are not asked. All customers of one fit then share its error: the
/// compared ones are of many bases, each with a fit of its own. A base whose dropout is not identified has no model
/// that could be asked, and is passed over.
/// </para>
/// </remarks>
internal sealed class PurchaseCoverage<TProcess>(TProcess truth, PurchasesOfBuyer simulate, PurchaseAges ages)
    where TProcess : struct, IPurchaseProcess<TProcess>
{
    // Of fewer customers dropout or spend may not be identified, and then there is no model.
    private const int Identified = 2_000;

    private const int BaseOfAlive = 2_000;
    private const int ComparedOfAlive = 100;

    private static readonly GammaGamma Spend = new(6.25, 3.74, 15.44);

    /// <summary>All that can be asked. Of a base that nobody leaves being alive is not.</summary>
    public IEnumerable<CoverageExperiment> All()
    {
        var kind = TProcess.KindWord;
        yield return Asked("", PurchaseOutput.ExpectedPurchases);
        yield return Asked("_any", PurchaseOutput.ProbabilityOfPurchase);
        yield return Asked("_value", PurchaseOutput.LifetimeValue);
        var life = new PurchaseQuestion
        {
            Output = PurchaseOutput.LifetimeValue, Discount = new(ages.Discount, Compounding.Discrete),
        };
        yield return new($"{kind}_value_of_life", (seed, customers) => Of(life, seed, customers), Identified, 1);
        if (kind != Nbd.KindWord) yield return new($"{kind}_alive", OfAlive, QuickCustomers: 4_000, QuickSeeds: 1);

        CoverageExperiment Asked(string name, PurchaseOutput output)
        {
            var question = new PurchaseQuestion { Output = output, Horizon = ages.Horizon };
            return new($"{kind}{name}", (seed, customers) => Of(question, seed, customers), Identified, 1);
        }
    }

    private CoverageShare Of(PurchaseQuestion question, ulong seed, int customers)
    {
        var known = Generate(customers, new Xoshiro256(seed));
        if (question.Output == PurchaseOutput.LifetimeValue) question = question with { Spend = SpendOf(known) };
        var model = Forecast(question, FitOf(known).Expect());
        return CoverageShare.Of(model, known.Select(one => (one.Inputs(model.Inputs.Count), Own(question, one))));
    }

    private CoverageShare OfAlive(ulong seed, int customers)
    {
        var question = new PurchaseQuestion { Output = PurchaseOutput.ProbabilityAlive };
        var (random, sum) = (new Xoshiro256(seed), default(CoverageShare));
        while (sum.Count < customers)
        {
            var known = Generate(BaseOfAlive, random);
            if (FitOf(known) is not Fit<TProcess>.Fitted fit) continue;
            sum += CoverageShare.Of(Forecast(question, fit), known
                .Select(one => (Inputs: one.Inputs(3), Alive: truth.ProbabilityAlive(one.X, one.Tx, one.Age)))
                .Where(one => one.Alive < 1)
                .Take(Math.Min(ComparedOfAlive, customers - sum.Count)));
        }
        return sum;
    }

    private static Fit<TProcess> FitOf(Known[] known) => PurchaseFit.Of<TProcess>(
        PurchaseHistories.Of(known.Select(one => new PurchaseHistory(one.X, one.Tx, one.Age))));

    private static PurchaseForecast<TProcess> Forecast(PurchaseQuestion question, Fit<TProcess>.Fitted fit)
    {
        string[] inputs = question.Spend is null ? ["x", "tx", "T"] : ["x", "tx", "T", "mean"];
        return new PurchaseForecast<TProcess>(
            fit.Model, question, inputs, new LogCovariance(TProcess.ParameterNames.Count, [.. fit.Covariance]));
    }

    private static SpendParameters SpendOf(Known[] known)
    {
        var fit = SpendFit.Of(known.Where(one => one.X > 0).Select(one => new MeanSpend(one.X, one.Mean))).Expect();
        return new SpendParameters(fit.Model, new LogCovariance(3, [.. fit.Covariance]));
    }

    private static double Own(PurchaseQuestion question, Known one) => one.Alive is not { } buyer
        ? 0
        : question.Output switch
        {
            PurchaseOutput.ExpectedPurchases => TProcess.PurchasesOf(buyer, question.Horizon),
            PurchaseOutput.ProbabilityOfPurchase => TProcess.AnyPurchaseOf(buyer, question.Horizon),
            _ => TProcess.DiscountedOf(buyer, question.Discount.Force, question.Horizon) * one.OwnSpend,
        };

    private Known[] Generate(int customers, Xoshiro256 random)
    {
        var known = new Known[customers];
        for (var i = 0; i < customers; i++)
        {
            var age = ages.Youngest + Math.Floor((ages.Oldest - ages.Youngest + 1) * random.NextUnit());
            var buyer = truth.DrawAlive(0, 0, random);
            // One who leaves at once, as the first purchase may be the last one.
            var (x, tx, isAlive) = random.NextUnit() < truth.ProbabilityAlive(0, 0, 0)
                ? simulate(buyer, age, random)
                : (0, 0, false);
            var rate = random.Gamma(Spend.Q, Spend.V);
            var mean = x > 0 ? random.Gamma(Spend.P * x, rate) / x : double.NaN;
            known[i] = new Known(x, tx, age, mean, isAlive ? buyer : null, Spend.P / rate);
        }
        return known;
    }

    /// <summary>A customer: what is seen, then what only the generator knows.</summary>
    private sealed record Known(double X, double Tx, double Age, double Mean, Buyer? Alive, double OwnSpend)
    {
        public double[] Inputs(int count) => [.. new[] { X, Tx, Age, Mean }.Take(count)];
    }
}
