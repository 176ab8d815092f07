using DToC.Twin.Models.Calibration;

namespace DToC.Learn.Calibration;

/// <summary>
/// Fits an <see cref="IsotonicMap"/>: the rising step function of least squared error, by pooling adjacent violators
/// (M. Ayer et al., "An Empirical Distribution Function for Sampling with Incomplete Information", 1955).
/// </summary>
public static class IsotonicFit
{
    /// <summary>
    /// The map of scores to the outcomes seen with them. Each pooled block becomes a knot at its mean score. A lowest
    /// block in which nothing came true, or a highest in which all did, is put at (0 + 1) / (n + 2) of its n rows
    /// from the edge (Laplace's rule of succession), or at its neighbour where that is nearer the edge.
    /// </summary>
    /// <param name="scores">Any finite numbers.</param>
    /// <param name="outcomes">One a score, in [0, 1].</param>
    /// <param name="weights">One a score, above 0; empty when all count 1.</param>
    /// <exception cref="ArgumentException">There are none, or one of them is not so.</exception>
    public static IsotonicMap Of(
        ReadOnlySpan<double> scores, ReadOnlySpan<double> outcomes, ReadOnlySpan<double> weights = default)
    {
        Check(scores, outcomes, weights);
        var blocks = new List<Block>();
        foreach (var tied in TiedRows(scores, outcomes, weights))
        {
            var block = tied;
            while (blocks.Count > 0 && blocks[^1].Mean >= block.Mean)
            {
                block = block.With(blocks[^1]);
                blocks.RemoveAt(blocks.Count - 1);
            }
            blocks.Add(block);
        }
        return new IsotonicMap(KnotsOf(blocks));
    }

    // Rows of one score are one block from the start: their order must not matter.
    private static List<Block> TiedRows(
        ReadOnlySpan<double> scores, ReadOnlySpan<double> outcomes, ReadOnlySpan<double> weights)
    {
        var order = new int[scores.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var keys = scores.ToArray();
        Array.Sort(keys, order);
        var blocks = new List<Block>();
        for (var i = 0; i < order.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[order[i]];
            var row = new Block(keys[i] * weight, outcomes[order[i]] * weight, weight);
            if (i > 0 && keys[i] == keys[i - 1]) blocks[^1] = row.With(blocks[^1]);
            else blocks.Add(row);
        }
        return blocks;
    }

    private static IsotonicKnot[] KnotsOf(List<Block> blocks)
    {
        var knots = new List<IsotonicKnot>(blocks.Count);
        for (var i = 0; i < blocks.Count; i++)
        {
            var (low, high) = (i == 0 ? 0 : blocks[i - 1].Mean, i == blocks.Count - 1 ? 1 : blocks[i + 1].Mean);
            var edge = 1 / (blocks[i].Weight + 2);
            var mean = blocks[i].Mean;
            if (mean <= 0) mean = high < 1 ? Math.Min(edge, high) : edge;
            if (mean >= 1) mean = low > 0 ? Math.Max(1 - edge, low) : 1 - edge;
            var centre = blocks[i].ScoreSum / blocks[i].Weight;
            // Two blocks whose centres are one number after rounding cannot both be knots.
            if (knots.Count == 0 || centre > knots[^1].Score)
                knots.Add(new IsotonicKnot(centre, mean, blocks[i].Weight));
        }
        // Both edges of two blocks only: the rule must not turn them around.
        for (var i = 1; i < knots.Count; i++)
        {
            if (knots[i].Probability < knots[i - 1].Probability)
                knots[i] = knots[i] with { Probability = knots[i - 1].Probability };
        }
        return [.. knots];
    }

    private static void Check(
        ReadOnlySpan<double> scores, ReadOnlySpan<double> outcomes, ReadOnlySpan<double> weights)
    {
        if (scores.IsEmpty) throw new ArgumentException("There is nothing to calibrate on.", nameof(scores));
        if (outcomes.Length != scores.Length || !weights.IsEmpty && weights.Length != scores.Length)
            throw new ArgumentException(
                $"{scores.Length} scores, {outcomes.Length} outcomes and {weights.Length} weights; they must be "
                + "equally many.", nameof(outcomes));
        for (var i = 0; i < scores.Length; i++)
        {
            if (!double.IsFinite(scores[i]))
                throw new ArgumentException($"score {i} is {scores[i]}; it must be finite", nameof(scores));
            if (!(outcomes[i] is >= 0 and <= 1))
                throw new ArgumentException($"outcome {i} is {outcomes[i]}; it must lie in [0, 1]", nameof(outcomes));
            if (!weights.IsEmpty && !(weights[i] > 0 && double.IsFinite(weights[i])))
                throw new ArgumentException($"weight {i} is {weights[i]}; it must be above 0", nameof(weights));
        }
    }

    private readonly record struct Block(double ScoreSum, double OutcomeSum, double Weight)
    {
        public double Mean => OutcomeSum / Weight;

        public Block With(Block earlier) => new(
            earlier.ScoreSum + ScoreSum, earlier.OutcomeSum + OutcomeSum, earlier.Weight + Weight);
    }
}
