using System.Text.Json;
using DToC.Twin.Models.CustomerBase;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.Models.CustomerBase;

/// <summary>Published values of other implementations for the models beside BG/NBD, extremes included.</summary>
public class GoldenProcessTests(ITestOutputHelper output)
{
    [Fact]
    public void Pareto_expectations_of_a_new_customer_equal_published()
    {
        if (Entry("Pareto/NBD E[X(t)], t=0..9") is not { } entry || Entry("Pareto/NBD") is not { } fit) return;
        var values = Numbers(entry, "v");
        Assert.Equal(10, values.Length);
        var p = fit.GetProperty("params");
        var model = new ParetoNbd(Number(p, "r"), Number(p, "alpha"), Number(p, "s"), Number(p, "beta"));
        // The source compares to 0.01: the values come from another package's fit.
        for (var t = 0; t < values.Length; t++)
            Assert.Equal(values[t], model.UnconditionalPurchases(t), 0.01);
    }

    [Fact]
    public void Pareto_conditional_values_equal_published()
    {
        if (Entry("Pareto/NBD r=.5534 alpha=10.5802 s=.6061 beta=11.6562") is not { } entry) return;
        var model = new ParetoNbd(0.5534, 10.5802, 0.6061, 11.6562);
        var (x, tx, T) = (Number(entry, "x"), Number(entry, "tx"), Number(entry, "T"));
        Assert.Equal(Number(entry, "palive"), model.ProbabilityAlive(x, tx, T), 1e-4);
        Assert.Equal(Number(entry, "cond_exp_52"), model.ExpectedPurchases(x, tx, T, 52), 0.01);
    }

    [Fact]
    public void Pareto_of_many_purchases_does_not_underflow()
    {
        if (Entry("Pareto/NBD underflow r=.55 alpha=10.58 s=.61 beta=11.67 t=10 tx=T=200") is not { } entry) return;
        var model = new ParetoNbd(0.55, 10.58, 0.61, 11.67);
        Assert.Equal(Number(entry, "x132"), model.ExpectedPurchases(132, 200, 200, 10), 1e-9);
        Assert.Equal(Number(entry, "x133"), model.ExpectedPurchases(133, 200, 200, 10), 1e-9);
    }

    [Fact]
    public void Pareto_of_many_purchases_does_not_overflow()
    {
        const string name = "Pareto/NBD overflow r=10.465 alpha=.00798565181 s=3.0516 beta=2.82";
        if (Entry(name) is not { } entry) return;
        var (r, alpha, s, beta) = (10.465, 0.00798565181, 3.0516, 2.82);
        var model = new ParetoNbd(r, alpha, s, beta);
        var (xs, txs, Ts) = (Numbers(entry, "x"), Numbers(entry, "tx"), Numbers(entry, "T"));
        Assert.Equal(3, xs.Length);
        for (var i = 0; i < xs.Length; i++)
        {
            var (x, tx, T) = (xs[i], txs[i], Ts[i]);
            // ln A0 of Fader and Hardie's note, from the likelihood: all these are gone, but for a share that is
            // nothing.
            Assert.InRange(model.ProbabilityAlive(x, tx, T), 0, 1e-9);
            var logAlive = new Nbd(r, alpha).LogLikelihood(x, tx, T) - s * Math.Log((beta + T) / beta);
            var logOdds = model.LogLikelihood(x, tx, T) - logAlive;
            var logA0 = logOdds - Math.Log(s / (r + s + x)) - (r + x) * Math.Log(alpha + T) - s * Math.Log(beta + T);
            Assert.True(double.IsFinite(logA0) && logA0 < 0, $"ln A0 is {logA0}");
        }
    }

    [Fact]
    public void Pareto_probabilities_of_being_alive_equal_a_stable_form()
    {
        const string name = "Pareto/NBD palive r=.5143 alpha=2.8845 s=.2856 beta=14.1087";
        if (Entry(name) is not { } entry) return;
        var model = new ParetoNbd(0.5143, 2.8845, 0.2856, 14.1087);
        var (xs, txs, Ts, values) =
            (Numbers(entry, "x"), Numbers(entry, "tx"), Numbers(entry, "T"), Numbers(entry, "v"));
        Assert.Equal(4, values.Length);
        for (var i = 0; i < values.Length; i++)
            Assert.Equal(values[i], model.ProbabilityAlive(xs[i], txs[i], Ts[i]), 1e-6);
    }

    [Fact]
    public void Modified_log_likelihood_equals_published()
    {
        if (Entry("MBG/NBD logp same params") is not { } entry) return;
        var model = new MbgNbd(0.25, 4, 0.8, 2.5);
        Assert.Equal(Number(entry, "(0,0)"), model.LogLikelihood(0, 0, 40), 1e-8);
        Assert.Equal(Number(entry, "(200,38)"), model.LogLikelihood(200, 38, 40), 1e-4);
    }

    [Fact]
    public void Discrete_model_of_donations_equals_published()
    {
        if (Entry("BG/BB donations") is not { } entry
            || !SharedFolder.TryFind("cdnow/donations.csv", output, out var file))
            return;
        var p = entry.GetProperty("params");
        var model = new BgBb(Number(p, "alpha"), Number(p, "beta"), Number(p, "gamma"), Number(p, "delta"));
        // The source's probability is of being alive at the next opportunity.
        var next = (model.Delta + 6) / (model.Gamma + model.Delta + 6);
        var alive = entry.GetProperty("palive_next");
        Assert.Equal(Number(alive, "x0,tx0"), model.ProbabilityAlive(0, 0, 6) * next, 0.5e-2);
        Assert.Equal(Number(alive, "x2,tx4"), model.ProbabilityAlive(2, 4, 6) * next, 0.5e-2);
        Assert.Equal(Number(alive, "x6,tx6"), model.ProbabilityAlive(6, 6, 6) * next, 0.5e-2);
        var sum = SharedFolder.ReadNumbers(file)
            .Sum(row => row[3] * model.ExpectedPurchases(row[0], row[1], row[2], 5));
        // The parameters given are rounded to three decimals.
        Assert.Equal(Number(entry, "sum_cond_exp_5_periods"), sum, 3.0);
    }

    [Theory]
    [InlineData("highend")]
    [InlineData("regular")]
    public void Retention_log_likelihood_equals_published(string cohort)
    {
        if (Entry("sBG contractual retention, 7 renewals of 1,000") is not { } entry) return;
        var published = entry.GetProperty(cohort);
        var model = new ShiftedBetaGeometric(Number(published, "alpha"), Number(published, "beta"));
        var lost = Numbers(entry, $"{cohort}_lost");
        var sum = (1_000 - lost.Sum()) * model.LogSurvival(lost.Length);
        for (var i = 0; i < lost.Length; i++) sum += lost[i] * model.LogLeft(i);
        Assert.Equal(Number(published, "LL"), sum, 1e-3);
    }

    private JsonElement? Entry(string model)
    {
        if (!SharedFolder.TryFind("golden/golden_vectors.json", output, out var file)) return null;
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        return document.RootElement.GetProperty("clv").EnumerateArray()
            .Single(entry => entry.GetProperty("model").GetString() == model).Clone();
    }

    private static double Number(JsonElement entry, string name) => entry.GetProperty(name).GetDouble();

    private static double[] Numbers(JsonElement entry, string name) =>
        [.. entry.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
