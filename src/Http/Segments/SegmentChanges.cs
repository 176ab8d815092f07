using DToC.Grains;
using DToC.Http.Definitions;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Segments;

/// <summary>What makes, takes away and seeds segments: changes of the plan.</summary>
internal static class SegmentChanges
{
    private const string MediaType = "application/json";
    private const string FileName = "segment";

    public static void MapSegmentChanges(this IEndpointRouteBuilder app)
    {
        app.Map(SegmentRoutes.Make, MakeAsync)
            .Takes<object>(isRequired: true, MediaType).Produces<SegmentRuleForm>(StatusCodes.Status201Created)
            .Produces<SegmentRuleForm>().WithProblems(409, 413, 422, 503);
        app.Map(SegmentRoutes.Delete, DeleteAsync)
            .Produces(StatusCodes.Status204NoContent).WithProblems(404, 409, 503);
        app.Map(SegmentRoutes.Seed, SeedAsync)
            .Takes<object>(isRequired: true, MediaType).Produces<SeedForm>().WithProblems(404, 413, 422, 503);
    }

    private static async Task<Results<JsonHttpResult<SegmentRuleForm>, ProblemResult>> MakeAsync(
        HttpContext http, ITwinHost host, DefinitionGate gate)
    {
        var sent = await RequestBody.ReadAllAsync(http.Request, DefinitionLimits.SegmentBytes, http.RequestAborted);
        var (segment, errors) = AddedSegments.Read(sent.Span, FileName);
        if (segment is null) return Wrong("The segment is not made", errors);
        var isThere = false;
        var problem = await PlanChange.MakeAsync(
            host, gate,
            plan =>
            {
                isThere = plan.Source.Segments.TryGetValue(segment.Name, out var same)
                    && same.Span.SequenceEqual(sent.Span);
                return isThere ? null : Taken(plan, segment.Name);
            },
            source => source.WithSegment(segment.Name, sent), http.RequestAborted);
        if (problem is not null) return problem;
        http.Response.Headers.Location = $"/v1/segments/{segment.Name}";
        return TypedResults.Json(
            SegmentRuleForm.Of(segment), WireJson.Options,
            statusCode: isThere ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string name, HttpContext http, ITwinHost host, DefinitionGate gate)
    {
        var problem = await PlanChange.MakeAsync(
            host, gate,
            plan => plan.Source.Segments.ContainsKey(name) ? null
                : plan.Definition.Segments.Any(own => own.Name == name)
                    ? new ProblemResult(
                        ProblemKind.Conflict,
                        $"'{name}' is a segment of the definition; take it out there, with PUT /v1/definition.")
                    : SegmentLookup.NotFound(plan, name),
            source => source.WithoutSegment(name), http.RequestAborted);
        return problem is not null ? problem : TypedResults.NoContent();
    }

    private static async Task<Results<JsonHttpResult<SeedForm>, ProblemResult>> SeedAsync(
        string name, HttpContext http, ITwinHost host, DefinitionGate gate)
    {
        var sent = await RequestBody.ReadAllAsync(http.Request, DefinitionLimits.SegmentBytes, http.RequestAborted);
        var (seed, errors) = SegmentSeed.Read(sent.Span, "seed");
        if (seed is null) return Wrong("The segment is not seeded", errors);
        var problem = await PlanChange.MakeAsync(
            host, gate, plan => SegmentLookup.Find(plan, name) is { } segment ? Unusable(plan, segment, seed)
                : SegmentLookup.NotFound(plan, name),
            source => seed.IsEmpty ? source.WithoutSeed(name) : source.WithSeed(name, sent), http.RequestAborted);
        return problem is not null ? problem : TypedResults.Json(SeedForm.Of(seed), WireJson.Options);
    }

    /// <summary>A score cannot be the prior of those whom its own value, or one that rests on it, tells.</summary>
    private static ProblemResult? Unusable(TwinPlan plan, SegmentPlan segment, SegmentSeed seed)
    {
        foreach (var score in seed.Scores.Keys)
        {
            var slot = plan.FindModel(score);
            if (slot < 0) continue; // said where it is compiled
            foreach (var read in segment.Rule.NumbersRead)
            {
                if (read < plan.Vector.FirstScore + slot || read >= plan.Vector.FirstScore + plan.Models.Length)
                    continue;
                return new ProblemResult(
                    ProblemKind.NotPossible,
                    $"The rule of '{segment.Name}' reads the score '{plan.Vector.NumberNames[read]}', which is made "
                    + $"with or after '{score}': it cannot say what is believed of '{score}'. Leave that out, or tell "
                    + "the segment by features and attributes.");
            }
        }
        return null;
    }

    private static ProblemResult? Taken(TwinPlan plan, string name) =>
        plan.Definition.Segments.FirstOrDefault(segment => segment.Name == name) switch
        {
            null => null,
            { IsAdded: true } => new ProblemResult(
                ProblemKind.Conflict,
                $"There is another segment '{name}'. Choose another name, or take it away first, with "
                + $"DELETE /v1/segments/{name}."),
            _ => new ProblemResult(
                ProblemKind.Conflict,
                $"The definition has a segment '{name}'. Choose another name, or change it there."),
        };

    private static ProblemResult Wrong(string what, IReadOnlyList<DefinitionError> errors) => new(
        ProblemKind.DefinitionInvalid, $"{what}. First of {errors.Count}: {errors[0]}")
    {
        More = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["errors"] = errors.Select(DefinitionErrorForm.Of).ToList(),
        },
    };
}
