using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Learn.Training;

/// <summary>When what may be learnt from begins and ends.</summary>
/// <param name="First">The first event; never when there is none.</param>
/// <param name="Last">The last.</param>
/// <param name="Withheld">Customers with events that may not be learnt from, for want of a legal basis.</param>
public readonly record struct PastSpan(Instant First, Instant Last, long Withheld)
{
    /// <summary>Of nobody.</summary>
    public static PastSpan None { get; } = new(Instant.Never, Instant.Never, 0);

    internal PastSpan With(CustomerState state, bool mayLearn) =>
        With(mayLearn ? new PastSpan(state.FirstAt, state.LastAt, 0) : None with { Withheld = 1 });

    internal PastSpan With(PastSpan other) => new(
        First.IsNever || (!other.First.IsNever && other.First < First) ? other.First : First,
        Instant.Max(Last, other.Last), Withheld + other.Withheld);
}
