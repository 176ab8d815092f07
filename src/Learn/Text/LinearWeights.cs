using DToC.Twin.Models;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace DToC.Learn.Text;

/// <summary>Bias and weights of features, fitted to texts.</summary>
internal sealed record LinearWeights(double Bias, double[] Weights)
{
    private const int Memory = 10;
    private const int MaxIterations = 500;

    /// <summary>The evidence of a text whose known features stand at these places; false when it has none.</summary>
    public bool TryEvidence(int[] known, out double evidence)
    {
        evidence = Bias + known.Sum(at => Weights[at]) / Math.Sqrt(Math.Max(1, known.Length));
        return known.Length > 0;
    }

    /// <summary>
    /// The least of: mean cross-entropy of target and probability, and the penalty times half the sum of squared
    /// weights, each in units of how far its feature alone leans to a side (S. Wang and C. Manning, "Baselines and
    /// Bigrams", ACL 2012: the ratios of naive Bayes scale the features). It is convex; MathNet's limited-memory BFGS
    /// finds it.
    /// </summary>
    public static LinearWeights Fit(List<FeaturedText> texts, uint[] features, double penalty)
    {
        var rows = texts.ConvertAll(text => text.Known(features));
        var size = features.Length;
        var leanings = Leanings(texts, rows, size);
        var loss = ObjectiveFunction.Gradient(at => Loss(at, texts, rows, leanings, penalty));
        var start = Vector<double>.Build.Dense(size + 1);
        var minimum = new LimitedMemoryBfgsMinimizer(1e-6, 1e-9, 1e-8, Memory, MaxIterations).FindMinimum(loss, start);
        var found = minimum.MinimizingPoint.AsArray() ?? minimum.MinimizingPoint.ToArray();
        return new LinearWeights(found[size], [.. found[..size].Zip(leanings, (weight, leaning) => weight * leaning)]);
    }

    // How many times likelier a feature is in good texts than in bad ones, as a logarithm without its sign.
    private static double[] Leanings(List<FeaturedText> texts, List<int[]> rows, int size)
    {
        var (good, bad) = (new double[size], new double[size]);
        Array.Fill(good, 1);
        Array.Fill(bad, 1);
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var feature in rows[i])
            {
                good[feature] += texts[i].Target;
                bad[feature] += 1 - texts[i].Target;
            }
        }
        var all = Math.Log(good.Sum() / bad.Sum());
        return [.. good.Zip(bad, (g, b) => Math.Abs(Math.Log(g / b) - all))];
    }

    private static (double Loss, Vector<double> Gradient) Loss(
        Vector<double> at, List<FeaturedText> texts, List<int[]> rows, double[] leanings, double penalty)
    {
        var weights = at.AsArray() ?? at.ToArray();
        var size = weights.Length - 1;
        var gradient = new double[size + 1];
        var loss = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var share = 1 / Math.Sqrt(Math.Max(1, row.Length));
            var evidence = 0.0;
            foreach (var feature in row) evidence += leanings[feature] * weights[feature];
            evidence = weights[size] + share * evidence;
            // -t ln p - (1 - t) ln(1 - p), without overflow.
            loss += Math.Max(evidence, 0) - texts[i].Target * evidence
                + SpecialFunctions.Log1P(Math.Exp(-Math.Abs(evidence)));
            var slope = (Logistic.Sigmoid(evidence) - texts[i].Target) / rows.Count;
            gradient[size] += slope;
            foreach (var feature in row) gradient[feature] += slope * share * leanings[feature];
        }
        loss /= rows.Count;
        for (var i = 0; i < size; i++)
        {
            loss += penalty / 2 * weights[i] * weights[i];
            gradient[i] += penalty * weights[i];
        }
        return (loss, Vector<double>.Build.Dense(gradient));
    }
}
