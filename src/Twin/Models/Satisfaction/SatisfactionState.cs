namespace DToC.Twin.Models.Satisfaction;

/// <summary>
/// What is known of a customer's satisfaction as of the last answer: a mean, a variance and a time. The default value
/// knows nothing. It depends on the order of the answers, so it belongs to the ordered part of a state.
/// </summary>
/// <param name="Mean">Mean after the last answer.</param>
/// <param name="Variance">Variance after it; 0 when there is none yet.</param>
/// <param name="AtMs">When it came, in milliseconds since 1970; not read when there is none yet.</param>
public readonly record struct SatisfactionState(double Mean, double Variance, long AtMs)
{
    /// <summary>Whether there was an answer.</summary>
    public bool HasAnswer => Variance > 0;
}
