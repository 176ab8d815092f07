using DToC.Learn.Propensity;
using DToC.Twin.Models;
using DToC.Twin.Models.Calibration;

namespace DToC.Learn.Calibration;

/// <summary>
/// Fits a <see cref="PlattMap"/> by maximum likelihood with the targets of H.-T. Lin, C.-J. Lin and R. Weng, "A Note
/// on Platt's Probabilistic Outputs for Support Vector Machines", Machine Learning 68, 2007.
/// </summary>
public static class PlattFit
{
    /// <summary>The map of scores to the outcomes seen with them.</summary>
    /// <param name="scores">Finite numbers; probabilities in [0, 1] when <paramref name="isOfLogOdds"/>.</param>
    /// <param name="outcomes">One a score: 1 where it came true, 0 where not.</param>
    /// <param name="isOfLogOdds">Whether the scores are probabilities of which the log-odds are to be read.</param>
    /// <exception cref="ArgumentException">There are none, or one of them is not so.</exception>
    public static PlattMap Of(ReadOnlySpan<double> scores, ReadOnlySpan<double> outcomes, bool isOfLogOdds)
    {
        if (scores.IsEmpty || outcomes.Length != scores.Length)
            throw new ArgumentException(
                $"{scores.Length} scores and {outcomes.Length} outcomes; equally many are needed, one at least.",
                nameof(outcomes));
        var positives = 0;
        foreach (var outcome in outcomes)
        {
            if (outcome is not (0 or 1))
                throw new ArgumentException($"an outcome is {outcome}; it must be 0 or 1", nameof(outcomes));
            if (outcome == 1) positives++;
        }
        // Ibid., section 2: what came true counts as (N+ + 1) / (N+ + 2), what did not as 1 / (N- + 2).
        var (isTrue, isFalse) = ((positives + 1.0) / (positives + 2), 1.0 / (scores.Length - positives + 2));
        var targets = new double[scores.Length];
        for (var i = 0; i < targets.Length; i++) targets[i] = outcomes[i] == 1 ? isTrue : isFalse;
        var rows = Rows(scores, isOfLogOdds, out var mean, out var scale);
        return Fitted(rows, targets, mean, scale, isOfLogOdds);
    }

    private static PlattMap Fitted(double[] rows, double[] targets, double mean, double scale, bool isOfLogOdds)
    {
        // The penalty is no more than what keeps the curvature's inverse there when all scores are the same.
        var found = PenalisedNewton.Minimise(rows, 2, targets, [], [1e-9, 1e-9]);
        if (found.Weights[1] < 0)
        {
            // A map must not fall: the best that does not is flat.
            var flat = new double[rows.Length / 2];
            flat.AsSpan().Fill(1);
            var constant = PenalisedNewton.Minimise(flat, 1, targets, [], [1e-9]);
            return new PlattMap(0, constant.Weights[0], isOfLogOdds, [constant.Covariance[0, 0], 0, 0]);
        }
        // Back from (score - mean) / scale to the score: offset = a - b mean / scale, slope = b / scale.
        var ratio = mean / scale;
        var covariance = found.Covariance;
        return new PlattMap(
            found.Weights[1] / scale, found.Weights[0] - found.Weights[1] * ratio, isOfLogOdds,
            [
                Math.Max(0, covariance[0, 0] - 2 * ratio * covariance[0, 1] + ratio * ratio * covariance[1, 1]),
                (covariance[0, 1] - ratio * covariance[1, 1]) / scale,
                covariance[1, 1] / (scale * scale),
            ]);
    }

    private static double[] Rows(ReadOnlySpan<double> scores, bool isOfLogOdds, out double mean, out double scale)
    {
        var identity = new PlattMap(1, 0, isOfLogOdds: true);
        var rows = new double[2 * scores.Length];
        (mean, scale) = (0, 0);
        for (var i = 0; i < scores.Length; i++)
        {
            var score = scores[i];
            if (!double.IsFinite(score) || isOfLogOdds && score is not (>= 0 and <= 1))
                throw new ArgumentException($"score {i} is {score}; it cannot be calibrated on", nameof(scores));
            if (isOfLogOdds) score = Logistic.LogOddsOf(identity.Of(score));
            (rows[2 * i], rows[2 * i + 1]) = (1, score);
            mean += score / scores.Length;
        }
        for (var i = 0; i < scores.Length; i++) scale += Math.Pow(rows[2 * i + 1] - mean, 2) / scores.Length;
        scale = scale > 0 ? Math.Sqrt(scale) : 1;
        for (var i = 0; i < scores.Length; i++) rows[2 * i + 1] = (rows[2 * i + 1] - mean) / scale;
        return rows;
    }
}
