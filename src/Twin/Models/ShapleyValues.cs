using System.Numerics;

namespace DToC.Twin.Models;

/// <summary>
/// Shapley values of a model with few inputs, by their definition (L. Shapley, "A Value for n-Person Games", 1953):
/// each input's part in the difference between the score of a customer and that of a reference, averaged over all
/// orders in which the inputs could become known.
/// </summary>
public static class ShapleyValues
{
    /// <summary>Most inputs: the work doubles with each.</summary>
    public const int MaxInputs = 12;

    /// <summary>One value an input; together they are the score of the inputs less that of the reference.</summary>
    /// <param name="inputs">The customer's values.</param>
    /// <param name="reference">As many values of whom the customer is compared with.</param>
    /// <param name="score">The score of such a vector, on the scale the values are to add up on.</param>
    /// <exception cref="ArgumentException">There are more inputs than <see cref="MaxInputs"/>.</exception>
    public static double[] Of(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> reference, Func<double[], double> score)
    {
        var n = inputs.Length;
        if (n > MaxInputs) throw new ArgumentException($"{n} inputs; at most {MaxInputs} go.", nameof(inputs));
        if (reference.Length != n)
            throw new ArgumentException($"{reference.Length} values; {n} are compared.", nameof(reference));
        var mixed = new double[n];
        var scores = new double[1 << n];
        for (var known = 0; known < scores.Length; known++)
        {
            for (var i = 0; i < n; i++) mixed[i] = (known >> i & 1) != 0 ? inputs[i] : reference[i];
            scores[known] = score(mixed);
        }
        // Share of the orders in which exactly a given set of k inputs comes before the next: k! (n - k - 1)! / n!
        var share = new double[n];
        for (var k = 0; k < n; k++) share[k] = 1 / (n * Choose(n - 1, k));
        var values = new double[n];
        for (var known = 0; known < scores.Length; known++)
        {
            var weight = BitOperations.PopCount((uint)known);
            for (var i = 0; i < n; i++)
            {
                if ((known >> i & 1) == 0) values[i] += share[weight] * (scores[known | 1 << i] - scores[known]);
            }
        }
        return values;
    }

    private static double Choose(int n, int k)
    {
        var ways = 1.0;
        for (var i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
        return ways;
    }
}
