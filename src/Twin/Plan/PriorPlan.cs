using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>
/// What is believed of a customer before there is evidence of its own: the value of the population, or of the first
/// group it belongs to. It counts as much as <paramref name="Weight"/> pieces of evidence, so a score moves from it to
/// the model's own as evidence comes (the posterior mean of a conjugate model: Gelman et al., Bayesian Data Analysis,
/// 3rd ed., 2013, section 2.4).
/// </summary>
/// <param name="Value">Of the population.</param>
/// <param name="Weight">Pieces of evidence the prior is worth; above 0.</param>
/// <param name="Evidence">Slot of the number that counts evidence.</param>
/// <param name="Groups">Groups with a value of their own; the first that a customer belongs to counts.</param>
public sealed record PriorPlan(double Value, double Weight, int Evidence, IReadOnlyList<PriorGroup> Groups)
{
    /// <summary>The share of a score that is the customer's own evidence, in [0, 1). Allocates nothing.</summary>
    public double OwnShare(ReadOnlySpan<double> numbers)
    {
        var evidence = numbers[Evidence];
        return evidence > 0 ? double.IsInfinity(evidence) ? 1 : evidence / (evidence + Weight) : 0;
    }

    /// <summary>The value believed of such a customer. Allocates nothing.</summary>
    public double Believed(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
    {
        for (var i = 0; i < Groups.Count; i++)
        {
            if (Groups[i].When.IsTrue(numbers, texts)) return Groups[i].Value;
        }
        return Value;
    }

    /// <summary>A score with the prior in it; the prior alone where the model has none. Allocates nothing.</summary>
    public double Blend(double own, ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
    {
        var believed = Believed(numbers, texts);
        if (double.IsNaN(own)) return believed;
        var share = OwnShare(numbers);
        return share * own + (1 - share) * believed;
    }
}

/// <summary>A group with a prior of its own.</summary>
/// <param name="When">Holds for its members.</param>
/// <param name="Value">What is believed of them.</param>
public sealed record PriorGroup(Expression When, double Value);
