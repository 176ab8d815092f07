using DToC.Http.Problems;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Http.Twins;

/// <summary>As of when, and of which facet, a request asks for a twin.</summary>
/// <param name="Past">A past moment; null for now.</param>
/// <param name="Problem">What is wrong with the request; null when nothing is.</param>
internal readonly record struct AskedMoment(Instant? Past, ProblemResult? Problem)
{
    /// <summary>Reads the parameters <c>at</c> and <c>persona</c>, each of which may be absent.</summary>
    public static AskedMoment Read(string? at, string? persona, TwinPlan plan, Instant now)
    {
        var personas = plan.Events.Personas;
        if (persona is not null && personas.Find(persona) < 0) return Wrong($"{personas.NoSuch(persona)}.");
        if (at is null) return default;
        if (!InstantJson.TryParse(at, out var moment))
            return Wrong("at must be RFC 3339 with an offset, such as 2026-03-01T12:00:00Z.");
        return moment > now
            ? Wrong($"at lies ahead of {now}; a twin has a past and a present.")
            : new AskedMoment(moment, null);
    }

    /// <summary>The facet that is asked for; what a past definition did not have is empty.</summary>
    public static CustomerState FacetOf(CustomerState state, string? persona) =>
        state.FacetOf(state.Plan.Events.Personas.Find(persona));

    /// <summary>The answer when there was no twin yet.</summary>
    public static ProblemResult NotYet(FoundTwin twin, Instant at) => new(
        ProblemKind.NotFound, twin.State.FirstAt.IsNever
            ? $"Nothing of this customer is kept that had happened by {at}."
            : $"Nothing of this customer is kept that had happened by {at}; the first event is of "
            + $"{twin.State.FirstAt}.");

    private static AskedMoment Wrong(string detail) => new(null, new ProblemResult(ProblemKind.Malformed, detail));
}
