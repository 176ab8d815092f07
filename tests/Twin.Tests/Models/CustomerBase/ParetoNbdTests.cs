using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Tests.Models.CustomerBase;

public class ParetoNbdTests
{
    private static readonly ParetoNbd Cdnow = new(0.5532, 10.578, 0.6062, 11.669);

    // By quadrature of the defining integrals, and Tricomi's U for the last column, with 40 decimal digits.
    // Columns: r, alpha, s, beta, x, t_x, T, horizon, force; then log-likelihood, P(alive) and, of one alive,
    // expected purchases, probability of any, discounted purchases within the horizon and in a whole life.
    [Theory]
    [InlineData(0.5532, 10.578, 0.6062, 11.669, 2, 30.43, 38.86, 39, 0.01,
        -9.5543459002628569, 0.86912542046021873, 1.6741890658509008,
        0.68103689526380668, 1.4019064284878555, 3.1347147979749511)]
    [InlineData(0.5532, 10.578, 0.6062, 11.669, 0, 0, 38.86, 39, 0.01,
        -0.52114592429948819, 0.29513844314775497, 0.36274533574679553,
        0.23469786976820786, 0.30375005336028578, 0.6791963912892617)]
    [InlineData(0.5532, 10.578, 0.6062, 10.578, 7, 20, 100, 52, 0.002,
        -20.608406895109214, 0.0003748243115992941, 3.1438411547703003,
        0.88583534851698786, 2.9919188733556846, 15.951579884021706)]
    [InlineData(0.5532, 0.01, 0.6062, 1000, 7, 20, 100, 52, 0.002,
        -24.341778072902262, 0.0027823204215686396, 3.8723816967798018,
        0.95112705415126886, 3.6787130784935721, 31.192835563456508)]
    [InlineData(0.5532, 1000, 0.6062, 0.01, 7, 20, 100, 52, 0.002,
        -46.244841372139005, 0.28676977561736951, 0.31257468003979571,
        0.2599798822557486, 0.29752135764854494, 1.5468864984606048)]
    [InlineData(0.5532, 1000, 0.6062, 0.01, 0, 0, 100, 52, 0.002,
        -0.00049271974768798014, 0.0035685289669592766, 0.022893119869461286,
        0.022118560078501991, 0.021790607299048756, 0.11329471097659357)]
    [InlineData(2, 1, 1, 5, 300, 90, 100, 10, 0.1,
        49.632477156679636, 6.0531914495660379e-12, 28.561535513896965,
        0.9968246008868456, 18.189362692090817, 27.481495588369992)]
    [InlineData(2, 5, 1.0000001, 1, 3000, 99.9, 100, 10, 0.1,
        7059.452028680745, 0.99432504759639594, 272.62100015118055,
        0.99965382062815149, 173.66704048758384, 261.98792868054438)]
    [InlineData(10.465, 0.00798565181, 3.0516, 2.82, 500, 4, 37, 10, 0.05,
        1888.8212497389407, 2.136706794923155e-493, 98.654076029324824,
        0.99447402499344321, 79.844211444433355, 121.3028972163659)]
    [InlineData(0.5143, 2.8845, 0.2856, 14.1087, 161, 94.71429, 98.0, 52, 0.003,
        -87.429254863308535, 0.74948775225810545, 78.609197482590162,
        0.99841032336846153, 72.887151642617264, 390.94551686326225)]
    [InlineData(0.05, 3, 0.02, 400, 1, 5, 300, 1000, 0.0005,
        -8.9002673318454581, 0.9501398555839411, 3.4303316806523941,
        0.77921923246842368, 2.7014130828490401, 6.7767971450940448)]
    public void Values_equal_the_integrals_in_40_digits(
        double r, double alpha, double s, double beta, double x, double tx, double T, double horizon, double force,
        double logLikelihood, double alive, double purchases, double any, double discounted, double forLife)
    {
        var model = new ParetoNbd(r, alpha, s, beta);
        Assert.Equal(logLikelihood, model.LogLikelihood(x, tx, T), 1e-11 * Math.Max(1, Math.Abs(logLikelihood)));
        Near(alive, model.ProbabilityAlive(x, tx, T), 1e-10);
        Near(purchases, model.PurchasesWhileAlive(x, T, horizon), 1e-12);
        Near(any, model.AnyPurchaseWhileAlive(x, T, horizon), 1e-11);
        Near(discounted, model.DiscountedWhileAlive(x, T, force, horizon), 1e-10);
        Near(forLife, model.DiscountedWhileAlive(x, T, force, double.PositiveInfinity), 1e-8);

        static void Near(double expected, double actual, double tolerance) =>
            Assert.Equal(expected, actual, tolerance * Math.Max(Math.Abs(expected), 1e-3));
    }

    [Fact]
    public void Probabilities_of_all_counts_sum_to_one_and_average_to_the_expectation()
    {
        var (total, mean) = (0.0, 0.0);
        for (var x = 0; x <= 1_000; x++)
        {
            var p = Cdnow.ProbabilityOfPurchases(x, 39);
            total += p;
            mean += x * p;
        }
        Assert.Equal(1, total, 1e-9);
        Assert.Equal(Cdnow.UnconditionalPurchases(39), mean, 1e-9);
    }

    [Fact]
    public void Alpha_beside_beta_is_no_seam()
    {
        var equal = Cdnow with { Beta = Cdnow.Alpha };
        foreach (var gap in new[] { -1e-6, -1e-13, 1e-13, 1e-6 })
        {
            var near = equal with { Beta = equal.Alpha * (1 + gap) };
            Assert.Equal(equal.LogLikelihood(7, 20, 60), near.LogLikelihood(7, 20, 60), Math.Abs(gap) + 1e-11);
        }
    }

    [Fact]
    public void Extreme_histories_stay_finite()
    {
        ParetoNbd[] models =
        [
            Cdnow, new(0.5, 1e-3, 0.5, 1e3), new(0.5, 1e3, 0.5, 1e-3), new(10, 0.008, 3, 2.8), new(1e-4, 1, 1e-4, 1),
        ];
        foreach (var model in models)
            foreach (var x in new double[] { 0, 1, 2, 99, 1_000, 10_000 })
                foreach (var T in new[] { 0, 1e-6, 1, 365, 20_000 })
                    foreach (var share in new[] { 0, 0.5, 0.999999, 1 })
                    {
                        var (tx, because) = (T * share, $"{model}: x = {x}, tx = {T * share}, T = {T}");
                        var alive = model.ProbabilityAlive(x, tx, T);
                        Assert.True(alive is >= 0 and <= 1, because);
                        Assert.True(double.IsFinite(model.LogLikelihood(x, tx, T)), because);
                        foreach (var horizon in new double[] { 1e-9, 1, 365, 20_000 })
                        {
                            Assert.True(double.IsFinite(model.ExpectedPurchases(x, tx, T, horizon)), because);
                            Assert.True(model.ProbabilityOfPurchase(x, tx, T, horizon) is >= 0 and <= 1, because);
                        }
                    }
    }
}
