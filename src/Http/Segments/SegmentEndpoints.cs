using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.Plan;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Segments;

/// <summary><c>GET /v1/segments</c> and one of them.</summary>
internal static class SegmentEndpoints
{
    public static void MapSegments(this IEndpointRouteBuilder app)
    {
        app.Map(SegmentRoutes.List, ListAsync).Produces<SegmentsForm>();
        app.Map(SegmentRoutes.Read, ReadAsync).Produces<SegmentTwinForm>().WithProblems(400, 404);
    }

    private static async Task<JsonHttpResult<SegmentsForm>> ListAsync(HttpContext http, ITwinHost host)
    {
        var reading = await host.ReadSegmentsAsync(http.RequestAborted);
        var (tallies, plan) = (reading.Tallies, reading.Tallies.Plan);
        var rules = plan.Definition.Segments.Select(SegmentRuleForm.Of)
            .ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        var segments = plan.Segments
            .Select((segment, slot) => (Rule: rules[segment.Name], Segment: segment, Slot: slot))
            .Select(of => new SegmentShortForm(
                of.Rule.Name, of.Rule.Purpose, of.Rule.Rule, of.Rule.Description, of.Rule.Origin,
                SegmentTimingForm.Of(of.Segment, plan.Segmentation), tallies.Overlap(of.Slot, of.Slot),
                plan.Seeds.ContainsKey(of.Rule.Name)));
        var everybody = plan.Segmentation.IsAny ? tallies.OfEverybody(plan.Segmentation.Purposes[0]).Size : 0;
        return TypedResults.Json(
            new SegmentsForm(reading.At, reading.IsComplete, everybody, [.. segments]), WireJson.Options);
    }

    private static async Task<Results<JsonHttpResult<SegmentTwinForm>, ProblemResult>> ReadAsync(
        string name, string? purpose, HttpContext http, ITwinHost host)
    {
        var reading = await host.ReadSegmentsAsync(http.RequestAborted);
        var plan = reading.Tallies.Plan;
        var slot = plan.Segmentation.Find(name);
        if (slot < 0 && name == SegmentLookup.Everybody)
        {
            return PurposeOf(plan, purpose, out var problem) is { } of
                ? TypedResults.Json(SegmentTwinForm.OfEverybody(plan, of, reading), WireJson.Options)
                : problem!; // there is one where there is no purpose
        }
        if (slot < 0) return SegmentLookup.NotFound(plan, name);
        if (purpose is not null)
        {
            return new ProblemResult(
                ProblemKind.Malformed, $"'{name}' has a purpose of its own; leave ?purpose= out.");
        }
        return TypedResults.Json(SegmentTwinForm.Of(plan, slot, reading), WireJson.Options);
    }

    /// <summary>The purpose that everybody is looked at for: the one asked for, or the only one there is.</summary>
    private static int? PurposeOf(TwinPlan plan, string? purpose, out ProblemResult? problem)
    {
        problem = null;
        var purposes = plan.Segmentation.Purposes;
        if (purpose is null && purposes.Length == 1) return purposes[0];
        foreach (var slot in purposes)
        {
            if (plan.Consent.Purposes[slot] == purpose) return slot;
        }
        problem = new ProblemResult(ProblemKind.Malformed, SegmentLookup.NoSuchPurpose(plan, purpose));
        return null;
    }
}
