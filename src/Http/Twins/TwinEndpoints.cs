using System.Globalization;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Twins;

/// <summary><c>GET /v1/twins/{id}</c> and its timeline.</summary>
internal static class TwinEndpoints
{
    public static void MapTwins(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.ReadTwin, ReadAsync)
            .Produces<TwinView>().Produces(StatusCodes.Status304NotModified).WithProblems(400, 404);
        app.Map(Routes.ReadTimeline, TimelineAsync).Produces<TimelinePage>().WithProblems(400, 404);
    }

    private static async Task<Results<JsonHttpResult<TwinView>, StatusCodeHttpResult, ProblemResult>> ReadAsync(
        string id, string? at, string? persona, HttpContext http, TwinLookup twins, ITwinHost host, TimeProvider time)
    {
        var now = Instant.From(time.GetUtcNow());
        var asked = AskedMoment.Read(at, persona, host.Plans.Current, now);
        if (asked.Problem is { } wrong) return wrong;
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        var plan = host.Plans.Current;
        if (asked.Past is { } then)
        {
            return await twins.AtAsync(twin, then, now, http.RequestAborted) is { } state
                ? Json(TwinView.Of(twin.Customer, AskedMoment.FacetOf(state, persona), then))
                : AskedMoment.NotYet(twin, then);
        }
        var tag = string.Create(
            CultureInfo.InvariantCulture, $"\"{twin.Version}-{plan.ModelsHash:x16}-{plan.Hash:x16}\"");
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, no-cache";
        if (IsKnown(http.Request, tag)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return Json(TwinView.Of(twin.Customer, AskedMoment.FacetOf(twin.State, persona), now));
    }

    private static async Task<Results<JsonHttpResult<TimelinePage>, ProblemResult>> TimelineAsync(
        string id, int? limit, string? before, HttpContext http, TwinLookup twins, ITwinHost host,
        HttpOptions options, TimeProvider time)
    {
        if (limit is < 1)
        {
            return new ProblemResult(
                ProblemKind.Malformed, $"limit is {limit}; it must be 1 to {options.MaxTimelineEntries}.");
        }
        TimelinePlace? place = null;
        if (before is not null)
        {
            if (!TimelinePlace.TryParse(before, out var parsed))
            {
                return new ProblemResult(
                    ProblemKind.Malformed,
                    "before must be the 'next' of an earlier page, or a time such as 2026-03-01T12:00:00Z.");
            }
            place = parsed;
        }
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        var journal = await twins.JournalAsync(twin, http.RequestAborted);
        var timeline = new Timeline(twin, host.Plans, Instant.From(time.GetUtcNow()));
        return TypedResults.Json(
            timeline.Page(journal, Math.Min(limit ?? 50, options.MaxTimelineEntries), place),
            WireJson.Options);
    }

    private static JsonHttpResult<TwinView> Json(TwinView view) => TypedResults.Json(view, WireJson.Options);

    private static bool IsKnown(HttpRequest request, string tag)
    {
        foreach (var known in request.GetTypedHeaders().IfNoneMatch)
        {
            if (known.Tag == "*" || known.Tag == tag) return true;
        }
        return false;
    }
}
