using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Segments;
using DToC.Http.Twins;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Cohorts;

/// <summary><c>/v1/cohorts</c>: list, read, members, forget.</summary>
internal static class CohortEndpoints
{
    public static void MapCohorts(this IEndpointRouteBuilder app)
    {
        app.MapCohortMaking();
        app.Map(CohortRoutes.List, ListAsync).Produces<CohortsForm>();
        app.Map(CohortRoutes.Read, ReadAsync).Produces<CohortTwinForm>().WithProblems(404, 409, 422);
        app.Map(CohortRoutes.Members, MembersAsync).Produces<MembersForm>().WithProblems(400, 404);
        app.Map(CohortRoutes.Delete, DeleteAsync)
            .Produces(StatusCodes.Status204NoContent).WithProblems(404, 429, 503);
    }

    private static async Task<JsonHttpResult<CohortsForm>> ListAsync(HttpContext http, CohortShelf shelf)
    {
        var cohorts = await shelf.ListAsync(http.RequestAborted);
        return TypedResults.Json(
            new CohortsForm([.. cohorts.Select(cohort => CohortForm.Of(cohort.Name, cohort.Header))]),
            WireJson.Options);
    }

    private static async Task<Results<JsonHttpResult<CohortTwinForm>, ProblemResult>> ReadAsync(
        string name, HttpContext http, CohortShelf shelf, ITwinHost host, TwinLookup twins, TimeProvider time)
    {
        if (await shelf.FindAsync(name, http.RequestAborted) is not { } header) return NotFound(name);
        var plan = host.Plans.Current;
        var now = Instant.From(time.GetUtcNow());
        if (CohortTally.Begin(plan, header, now) is not { } tally)
            return new ProblemResult(ProblemKind.NotPossible, SegmentLookup.NoSuchPurpose(plan, header.Purpose));
        await foreach (var id in shelf.MembersAsync(name, null, http.RequestAborted))
        {
            if (await twins.FindAsync(id, http.RequestAborted) is { } found && !tally.TryAdd(found))
            {
                return new ProblemResult(
                    ProblemKind.Conflict, "The definition was changed while the cohort was read; read it again.");
            }
        }
        return TypedResults.Json(
            new CohortTwinForm(
                CohortForm.Of(name, header), now, tally.Size, tally.Withheld, TallyForm.Of(tally.Read()),
                tally.Sample()),
            WireJson.Options);
    }

    private static async Task<Results<JsonHttpResult<MembersForm>, ProblemResult>> MembersAsync(
        string name, int? limit, string? after, HttpContext http, CohortShelf shelf, ITwinHost host,
        TwinLookup twins, TimeProvider time)
    {
        if (SegmentMembers.LimitOf(limit) is not { } most) return SegmentMembers.WrongLimit(limit);
        if (await shelf.FindAsync(name, http.RequestAborted) is not { } header) return NotFound(name);
        var now = Instant.From(time.GetUtcNow());
        var lawful = new CohortLawfulness(host.Plans.Current, header, now);
        List<string> members = [];
        string? last = null;
        await foreach (var id in shelf.MembersAsync(name, after, http.RequestAborted))
        {
            if (members.Count == most)
                return TypedResults.Json(new MembersForm(now, members, last), WireJson.Options);
            last = id;
            // Who was merged into another member comes with that one.
            if (await twins.FindAsync(id, http.RequestAborted) is { } found && lawful.Holds(found.Activation.Twin)
                && !members.Contains(found.Customer, StringComparer.Ordinal))
            {
                members.Add(found.Customer);
            }
        }
        return TypedResults.Json(new MembersForm(now, members, Next: null), WireJson.Options);
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string name, HttpContext http, CohortShelf shelf, HttpOptions options)
    {
        if (await shelf.FindAsync(name, http.RequestAborted) is null) return NotFound(name);
        var reply = await shelf.DiscardAsync(name, http.RequestAborted);
        return reply is CohortReply.Discarded ? TypedResults.NoContent() : ProblemResult.Of(reply, options);
    }

    private static ProblemResult NotFound(string name) =>
        new(ProblemKind.NotFound, $"There is no cohort '{name}'; GET /v1/cohorts lists them.");
}
