using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Segments;

/// <summary>Members of a segment or cohort.</summary>
/// <param name="Members">Their customer ids.</param>
/// <param name="Next">The rest begins behind it (<c>?after=</c>); null at the end.</param>
internal sealed record MembersForm(Instant AsOf, IReadOnlyList<string> Members, string? Next);

/// <summary><c>GET /v1/segments/{name}/members</c>: the committed states are looked through, page by page.</summary>
internal static class SegmentMembers
{
    /// <summary>Most members of a page.</summary>
    public const int MaxMembers = 1_000;

    private const int MaxStates = 512;

    // Bounds one request whose segment is rare: the page then ends early and says where to go on.
    private const int MaxLooked = 20_000;

    public static void MapSegmentMembers(this IEndpointRouteBuilder app) =>
        app.Map(SegmentRoutes.Members, ListAsync).Produces<MembersForm>().WithProblems(400, 404);

    private static async Task<Results<JsonHttpResult<MembersForm>, ProblemResult>> ListAsync(
        string name, int? limit, string? after, HttpContext http, ITwinHost host, TimeProvider time)
    {
        if (LimitOf(limit) is not { } most) return WrongLimit(limit);
        var plan = host.Plans.Current;
        var slot = plan.Segmentation.Find(name);
        if (slot < 0) return SegmentLookup.NotFound(plan, name);
        var now = Instant.From(time.GetUtcNow());
        var reader = new MembershipReader(plan, now);
        var (members, place, looked) = (new List<string>(), after, 0);
        do
        {
            // No larger than what is still wanted, so that a page ends where the next one begins.
            var size = Math.Min(most - members.Count, MaxStates);
            StatePage? page;
            try
            {
                page = await host.ReadAllAsync(GrainKind.Customer, place, size, http.RequestAborted)
                    .FirstOrDefaultAsync(http.RequestAborted);
            }
            catch (FormatException)
            {
                return new ProblemResult(
                    ProblemKind.Malformed, "after must be the 'next' of an earlier page of this server.");
            }
            if (page is null) return Page(null);
            members.AddRange(page.States
                .Where(state => !host.IsErased(state.Key) && reader.IsIn(state, slot, host.Plans))
                .Select(state => state.Key.Id));
            looked += size;
            place = page.Next;
        }
        while (place is not null && looked < MaxLooked && members.Count <= most - most / 8 - 1);
        return Page(place);

        JsonHttpResult<MembersForm> Page(string? next) =>
            TypedResults.Json(new MembersForm(now, members, next), WireJson.Options);
    }

    /// <summary>How many members are wanted; null when a request says what it cannot.</summary>
    public static int? LimitOf(int? limit) => limit is null ? 100 : limit is >= 1 and <= MaxMembers ? limit : null;

    /// <summary>The answer to who asks for too many, or none.</summary>
    public static ProblemResult WrongLimit(int? limit) =>
        new(ProblemKind.Malformed, $"limit is {limit}; it must be 1 to {MaxMembers}.");
}

/// <summary>Says of committed states which segments they are in. Not for several threads at once.</summary>
/// <param name="plan">The plan whose segments are meant.</param>
/// <param name="now">As of when data must be lawful.</param>
internal sealed class MembershipReader(TwinPlan plan, Instant now)
{
    private readonly Vectors _vectors = new(plan);

    /// <summary>
    /// Whether a customer is in a segment, as was last committed, and may still be said to be: a consent may have ended
    /// since. Of one that has had no turn under this plan it is looked up now.
    /// </summary>
    public bool IsIn(KeyedState stored, int segment, PlanCatalog plans) =>
        IsIn(CustomerCodec.Read(stored.State.Bytes.Span, plans), segment);

    /// <inheritdoc cref="IsIn(KeyedState, int, PlanCatalog)"/>
    public bool IsIn(CustomerActivation customer, int segment)
    {
        var twin = customer.Twin;
        if (twin.MovedTo is not null || twin.Plan != plan) return false;
        var of = plan.Segments[segment];
        if (customer.Segments.IsCounted)
        {
            return customer.Segments.Members.Has(segment)
                && (of.Categories & ~ConsentGate.Lawful(twin, of.Purpose, now)) == 0;
        }
        FeatureReader.Fill(_vectors, twin, now);
        Scorer.ScoreAll(_vectors);
        return SegmentEvaluation.IsMember(of, _vectors);
    }
}
