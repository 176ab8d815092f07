using System.Text.Json;
using DToC.Twin.Models.CustomerBase;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.Models.CustomerBase;

/// <summary>Published values of other implementations and of the authors' own spreadsheets.</summary>
public class GoldenVectorTests(ITestOutputHelper output)
{
    private const string SpendPerCustomer = "cdnow/cdnow_customers_summary_with_transactions.csv";

    private static readonly BgNbd Published = new(0.243, 4.414, 0.793, 2.426);

    [Fact]
    public void Cdnow_log_likelihood_equals_published()
    {
        if (Entry("BG/NBD") is not { } entry
            || !SharedFolder.TryFind("cdnow/cdnow_customers_summary.csv", output, out var file)) return;
        var model = FittedToCdnow(entry);
        var customers = SharedFolder.ReadNumbers(file);
        Assert.Equal(2_357, customers.Length);
        var sum = customers.Sum(row => model.LogLikelihood(row[1], row[2], row[3]));
        output.WriteLine($"log-likelihood {sum}");
        // The summary file rounds weeks to two decimals.
        Assert.Equal(Number(entry, "LL"), sum, 0.01);
    }

    [Fact]
    public void Expected_purchases_of_a_new_customer_equal_published()
    {
        if (Entry("BG/NBD E[X(t)]") is not { } entry || Entry("BG/NBD") is not { } fit) return;
        var (model, times, values) = (FittedToCdnow(fit), Numbers(entry, "t"), Numbers(entry, "v"));
        Assert.Equal(6, times.Length);
        // The source compares to three decimals: its spreadsheet carries parameters of its own fit.
        for (var i = 0; i < times.Length; i++)
            Assert.Equal(values[i], model.UnconditionalPurchases(times[i]), 0.5e-3);
    }

    [Fact]
    public void Conditional_expectation_equals_published()
    {
        if (Entry("BG/NBD cond. exp.") is not { } entry) return;
        var actual = Published.ExpectedPurchases(
            Number(entry, "x"), Number(entry, "tx"), Number(entry, "T"), Number(entry, "t"));
        output.WriteLine($"{actual}");
        Assert.Equal(Number(entry, "v"), actual, 0.5e-3);
    }

    [Fact]
    public void Probabilities_of_counts_equal_published()
    {
        if (Entry("BG/NBD pmf r=.243 alpha=4.414 a=.793 b=2.426") is not { } entry) return;
        Assert.Equal(Number(entry, "P(X(2)=10)"), Published.ProbabilityOfPurchases(10, 2), 1e-12);
        Assert.Equal(Number(entry, "P(X(39)=0)"), Published.ProbabilityOfPurchases(0, 39), 1e-7);
        var row = Numbers(entry, "P(X(30)=11..20)");
        Assert.Equal(10, row.Length);
        for (var i = 0; i < row.Length; i++)
            Assert.Equal(row[i], Published.ProbabilityOfPurchases(11 + i, 30), 1e-10);
    }

    [Fact]
    public void Log_likelihood_of_200_purchases_equals_published()
    {
        if (Entry("BG/NBD logp a=.8 b=2.5 r=.25 alpha=4 T=40") is not { } entry) return;
        var model = new BgNbd(0.25, 4, 0.8, 2.5);
        Assert.Equal(Number(entry, "(x=0,tx=0)"), model.LogLikelihood(0, 0, 40), 1e-8);
        Assert.Equal(Number(entry, "(x=200,tx=38)"), model.LogLikelihood(200, 38, 40), 1e-4);
    }

    [Fact]
    public void Gamma_gamma_means_equal_published()
    {
        if (Entry("Gamma-Gamma cond. mean", isPrefix: true) is not { } entry
            || !SharedFolder.TryFind(SpendPerCustomer, output, out var file))
            return;
        var model = new GammaGamma(6.25, 3.74, 15.44);
        var (values, customers) = (Numbers(entry, "v"), SharedFolder.ReadNumbers(file));
        Assert.Equal(10, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var (x, mean) = (customers[i][1], customers[i][4]);
            Assert.Equal(values[i], model.ExpectedSpend(x, mean), Number(entry, "atol"));
        }
    }

    [Fact]
    public void Gamma_gamma_log_likelihood_equals_published()
    {
        if (Entry("Gamma-Gamma") is not { } entry
            || !SharedFolder.TryFind(SpendPerCustomer, output, out var file))
            return;
        var p = entry.GetProperty("params");
        var model = new GammaGamma(Number(p, "p"), Number(p, "q"), Number(p, "gamma"));
        var sum = SharedFolder.ReadNumbers(file).Sum(row => model.LogLikelihood(row[1], row[4]));
        output.WriteLine($"log-likelihood {sum}");
        Assert.Equal(Number(entry, "LL"), sum, 0.01);
    }

    private static BgNbd FittedToCdnow(JsonElement entry)
    {
        var p = entry.GetProperty("params");
        return new BgNbd(Number(p, "r"), Number(p, "alpha"), Number(p, "a"), Number(p, "b"));
    }

    private JsonElement? Entry(string model, bool isPrefix = false)
    {
        if (!SharedFolder.TryFind("golden/golden_vectors.json", output, out var file)) return null;
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        return document.RootElement.GetProperty("clv").EnumerateArray().Single(entry =>
            entry.GetProperty("model").GetString() is { } name
            && (isPrefix ? name.StartsWith(model, StringComparison.Ordinal) : name == model)).Clone();
    }

    private static double Number(JsonElement entry, string name) => entry.GetProperty(name).GetDouble();

    private static double[] Numbers(JsonElement entry, string name) =>
        [.. entry.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
