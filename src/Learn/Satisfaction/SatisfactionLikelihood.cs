using DToC.Twin.Models.Satisfaction;

namespace DToC.Learn.Satisfaction;

/// <summary>
/// A panel's likelihood as a function of free numbers: what is above 0 by its logarithm. The first kind there is
/// anchors the scale: its range's ends are -1 and 1, else satisfaction could be stretched and shifted at will.
/// </summary>
internal sealed class SatisfactionLikelihood
{
    // Steps of the numbers for central differences, near the cube root of the rounding of a double.
    private const double Step = 1e-5;
    private const int Common = 4;

    private readonly IReadOnlyList<IReadOnlyList<SatisfactionReply>> _customers;
    private readonly IReadOnlyList<SatisfactionKind> _kinds;
    private readonly bool _reverts;

    /// <param name="customers">Replies of each, in order of time.</param>
    /// <param name="kinds">Kinds to fit, the anchor first.</param>
    /// <param name="reverts">Whether satisfaction comes back to the mean.</param>
    public SatisfactionLikelihood(
        IReadOnlyList<IReadOnlyList<SatisfactionReply>> customers, IReadOnlyList<SatisfactionKind> kinds, bool reverts)
    {
        (_customers, _kinds, _reverts) = (customers, kinds, reverts);
        Replies = customers.Sum(c => c.Count);
    }

    /// <summary>How many replies there are.</summary>
    public int Replies { get; }

    /// <summary>Where a search begins, and the bounds it stays in.</summary>
    public (double[] Start, double[] Lower, double[] Upper) Search()
    {
        var (start, lower, upper) = (new List<double>(), new List<double>(), new List<double>());
        var replies = _customers.SelectMany(c => c).ToList();
        Add(Standardised(_kinds[0], replies).Mean, -5, 5);
        Add(Math.Log(0.1), -12, 5);
        Add(Math.Log(0.001), -20, 3);
        Add(Math.Log(0.01), -12, -0.7);
        foreach (var kind in _kinds)
        {
            var (mean, variance) = Standardised(kind, replies);
            Add(Math.Log(Math.Max(variance / 2, 1e-4)), -12, 5);
            Add(mean, -20, 20);
            Add(0, -6, 6);
        }
        return ([.. start], [.. lower], [.. upper]);

        void Add(double from, double least, double most)
        {
            start.Add(Math.Clamp(from, least, most));
            lower.Add(least);
            upper.Add(most);
        }
    }

    /// <summary>
    /// Mean over replies of the negative log-likelihood; replies are measured in halves of their range.
    /// </summary>
    public double Loss(double[] at)
    {
        var filter = FilterOf(at);
        var sum = 0.0;
        foreach (var customer in _customers)
        {
            var state = default(SatisfactionState);
            foreach (var (atMs, kind, value) in customer)
            {
                var (mean, variance) = filter.At(state, atMs);
                var (offset, slope, noise) = filter.Answers[(int)kind];
                var spread = slope * slope * variance + noise;
                var error = value - offset - slope * mean;
                sum += Math.Log(2 * Math.PI * spread) + error * error / spread;
                state = filter.Observe(state, atMs, kind, value);
            }
        }
        return sum / 2 / Replies;
    }

    /// <summary>Its slope, by central differences.</summary>
    public double[] Gradient(double[] at)
    {
        var slope = new double[at.Length];
        var moved = (double[])at.Clone();
        for (var i = 0; i < at.Length; i++)
        {
            if (!IsFree(i)) continue;
            moved[i] = at[i] + Step;
            var above = Loss(moved);
            moved[i] = at[i] - Step;
            slope[i] = (above - Loss(moved)) / (2 * Step);
            moved[i] = at[i];
        }
        return slope;
    }

    /// <summary>The filter that the numbers stand for.</summary>
    public SatisfactionFilter FilterOf(double[] at)
    {
        var answers = new SatisfactionAnswer[SatisfactionRange.Kinds];
        for (var kind = 0; kind < answers.Length; kind++) answers[kind] = Assumed((SatisfactionKind)kind);
        for (var i = 0; i < _kinds.Count; i++)
        {
            var (middle, half) = Halves(_kinds[i]);
            var first = Common + 3 * i;
            // The number stands for the kind's mean answer, which the search finds more easily than its offset.
            var slope = i == 0 ? 1 : Math.Exp(at[first + 2]);
            var offset = i == 0 ? 0 : at[first + 1] - at[0] * slope;
            answers[(int)_kinds[i]] = new SatisfactionAnswer(
                middle + half * offset, half * slope, half * half * Math.Exp(at[first]));
        }
        return new SatisfactionFilter(
            at[0], Math.Exp(at[1]), Math.Exp(at[2]), _reverts ? Math.Exp(at[3]) : 0, answers);
    }

    private bool IsFree(int i) => i == 3 ? _reverts : i is not (Common + 1 or Common + 2);

    private static SatisfactionAnswer Assumed(SatisfactionKind kind)
    {
        var (middle, half) = Halves(kind);
        return new SatisfactionAnswer(middle, half, half * half / 4);
    }

    private static (double Middle, double Half) Halves(SatisfactionKind kind)
    {
        var (worst, best) = SatisfactionRange.Of(kind);
        return ((worst + best) / 2, (best - worst) / 2);
    }

    private static (double Mean, double Variance) Standardised(SatisfactionKind kind, List<SatisfactionReply> replies)
    {
        var (middle, half) = Halves(kind);
        var values = replies.Where(r => r.Kind == kind).Select(r => (r.Value - middle) / half).ToList();
        var mean = values.Average();
        return (mean, values.Average(v => (v - mean) * (v - mean)));
    }
}
