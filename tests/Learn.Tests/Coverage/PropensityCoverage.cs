using DToC.Learn.Calibration;
using DToC.Learn.Propensity;
using DToC.Learn.Trees;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.Calibration;

namespace DToC.Coverage;

/// <summary>
/// Customers of six traits, each with a probability or mean amount of their own that is known, and an outcome drawn
/// from it. A model is fitted to the outcomes of some, and the 90% intervals it gives to others are compared with
/// theirs.
/// </summary>
internal static class PropensityCoverage
{
    private const int Traits = 6;
    private const int LogisticRows = 1_000;
    private const int TreeRows = 5_000;

    /// <summary>Logistic regression of a truth that is one, with other weights each seed.</summary>
    public static CoverageShare OfLogistic(ulong seed, int customers)
    {
        var truth = LinearTruth(Xoshiro256.For(seed, 0, 1));
        return Covered(Linear(seed, truth), Generate(truth, customers, Xoshiro256.For(seed, 0, 3)));
    }

    /// <summary>The same, calibrated by Platt's method on 1,000 rows it was fitted without.</summary>
    public static CoverageShare OfCalibratedLogistic(ulong seed, int customers)
    {
        var truth = LinearTruth(Xoshiro256.For(seed, 0, 1));
        var model = Linear(seed, truth);
        var (table, targets, _) = Generate(truth, LogisticRows, Xoshiro256.For(seed, 0, 4));
        var map = PlattFit.Of(table.Scores(model), targets, isOfLogOdds: true);
        return Covered(new Calibrated(model, map), Generate(truth, customers, Xoshiro256.For(seed, 0, 3)));
    }

    /// <summary>
    /// Boosted trees of a smooth truth, another each seed: a sum of waves of four traits and a product of two.
    /// </summary>
    public static CoverageShare OfTrees(ulong seed, int customers)
    {
        var (model, _, truth) = Trees(seed);
        return Covered(model, Generate(truth, customers, Xoshiro256.For(seed, 0, 3)));
    }

    /// <summary>The same trees, calibrated by isotonic regression on scores of rows they were grown without.</summary>
    public static CoverageShare OfCalibratedTrees(ulong seed, int customers)
    {
        var (model, map, truth) = Trees(seed);
        return Covered(new Calibrated(model, map), Generate(truth, customers, Xoshiro256.For(seed, 0, 3)));
    }

    /// <summary>Trees of an amount whose mean is such a truth, with normal noise of standard deviation 1.</summary>
    public static CoverageShare OfAmounts(ulong seed, int customers)
    {
        var truth = SmoothTruth(Xoshiro256.For(seed, 0, 1));
        var (table, amounts, _) = Generate(truth, TreeRows, Xoshiro256.For(seed, 0, 2), isAmount: true);
        var options = new BoostingOptions { Seed = seed, Loss = BoostingLoss.Squared };
        var model = SpreadFit.Of(table, BoostedTrees.Fit(table, amounts, options), options);
        return Covered(model, Generate(truth, customers, Xoshiro256.For(seed, 0, 3), isAmount: true));
    }

    private static Logistic Linear(ulong seed, Func<double[], double> truth)
    {
        var (table, targets, _) = Generate(truth, LogisticRows, Xoshiro256.For(seed, 0, 2));
        return LogisticFit.Of(table, targets);
    }

    private static (Uncertain Model, IsotonicMap Map, Func<double[], double> Truth) Trees(ulong seed)
    {
        var truth = SmoothTruth(Xoshiro256.For(seed, 0, 1));
        var (table, targets, _) = Generate(truth, TreeRows, Xoshiro256.For(seed, 0, 2));
        var options = new BoostingOptions { Seed = seed };
        var boosted = BoostedTrees.Fit(table, targets, options);
        return (SpreadFit.Of(table, boosted, options), IsotonicFit.Of([.. boosted.HeldOutScores], targets), truth);
    }

    private static CoverageShare Covered(
        PredictiveModel model, (TrainingTable Table, double[] Targets, double[] Truth) customers) =>
        CoverageShare.Of(model, customers.Truth.Select((truth, row) =>
        {
            var inputs = new double[Traits];
            customers.Table.Row(row, inputs);
            return (inputs, truth);
        }));

    private static (TrainingTable Table, double[] Targets, double[] Truth) Generate(
        Func<double[], double> truth, int rows, Xoshiro256 random, bool isAmount = false)
    {
        var columns = Enumerable.Range(0, Traits).Select(_ => new double[rows]).ToArray();
        var (targets, truths) = (new double[rows], new double[rows]);
        for (var row = 0; row < rows; row++)
        {
            var traits = new double[Traits];
            for (var c = 0; c < Traits; c++) columns[c][row] = traits[c] = random.Normal();
            truths[row] = isAmount ? truth(traits) : Logistic.Sigmoid(truth(traits));
            targets[row] = isAmount ? truths[row] + random.Normal() : random.NextUnit() < truths[row] ? 1 : 0;
        }
        var table = new TrainingTable(rows);
        for (var c = 0; c < Traits; c++) table.AddNumbers($"trait{c}", columns[c]);
        return (table, targets, truths);
    }

    private static Func<double[], double> LinearTruth(Xoshiro256 random)
    {
        double[] weights = [.. Enumerable.Range(0, Traits).Select(_ => 0.6 * random.Normal())];
        return traits => -1 + traits.Zip(weights, (trait, weight) => trait * weight).Sum();
    }

    private static Func<double[], double> SmoothTruth(Xoshiro256 random)
    {
        var waves = Enumerable.Range(0, 4)
            .Select(_ => (Height: 0.8 * random.Normal(), Pace: 0.5 + random.NextUnit(), Start: 3 * random.NextUnit()))
            .ToArray();
        var product = 0.5 * random.Normal();
        return traits => -1 + product * traits[0] * traits[1]
            + waves.Select((wave, c) => wave.Height * Math.Sin(wave.Pace * traits[c] + wave.Start)).Sum();
    }
}
