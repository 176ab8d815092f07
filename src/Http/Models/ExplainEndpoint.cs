using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Models;

/// <summary><c>GET /v1/twins/{id}/explain</c>.</summary>
internal static class ExplainEndpoint
{
    public static void MapExplanation(this IEndpointRouteBuilder app) =>
        app.Map(ModelRoutes.Explain, ExplainAsync).Produces<ExplanationView>().WithProblems(400, 404);

    private static async Task<Results<JsonHttpResult<ExplanationView>, ProblemResult>> ExplainAsync(
        string id, string? model, double? level, string? at, string? persona, string? decision, HttpContext http,
        TwinLookup twins, ITwinHost host, TimeProvider time)
    {
        var (now, probability) = (Instant.From(time.GetUtcNow()), level ?? ScoreView.Level);
        if (WrongLevel(probability) is { } wrongLevel) return wrongLevel;
        var asked = AskedMoment.Read(at, persona, host.Plans.Current, now);
        if (asked.Problem is { } wrong) return wrong;
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        if (decision is not null)
        {
            if (at is not null || persona is not null)
                return Malformed("A decision has its own moment and persona: leave at and persona out.");
            return await OfDecisionAsync(twin, decision, model, probability, now, twins, host, http.RequestAborted);
        }
        if (await twins.AtAsync(twin, asked.Past, now, http.RequestAborted) is not { } state)
            return AskedMoment.NotYet(twin, asked.Past ?? now);
        if (NoSuch(model, state.Plan) is { } unknown) return unknown;
        var facet = AskedMoment.FacetOf(state, persona);
        return Json(ExplanationView.Of(twin.Customer, facet, asked.Past ?? now, model, probability));
    }

    private static async Task<Results<JsonHttpResult<ExplanationView>, ProblemResult>> OfDecisionAsync(
        FoundTwin twin, string decision, string? model, double level, Instant now, TwinLookup twins, ITwinHost host,
        CancellationToken cancellation)
    {
        if (await twins.DecisionAsync(twin, decision, cancellation) is not { } record
            || host.Plans.Find(record.PlanHash) is not { } plan || twin.FacetOf(record) is not { } facet)
        {
            return new ProblemResult(
                ProblemKind.NotFound, $"No decision '{decision}' of this customer is kept; its timeline names them.");
        }
        return NoSuch(model, plan) is { } unknown
            ? unknown
            : Json(ExplanationView.Of(record, plan, facet, now, model, level));
    }

    /// <summary>The answer to a probability of intervals that is none.</summary>
    public static ProblemResult? WrongLevel(double level) =>
        level is > 0 and < 1 ? null : Malformed($"level is {level}; it must lie between 0 and 1.");

    /// <summary>The answer when a model is asked for that the definition has not.</summary>
    public static ProblemResult? NoSuch(string? model, TwinPlan plan) =>
        model is null || plan.FindModel(model) >= 0 ? null : Malformed($"{plan.NoSuchModel(model)}.");

    private static JsonHttpResult<ExplanationView> Json(ExplanationView view) =>
        TypedResults.Json(view, WireJson.Options);

    private static ProblemResult Malformed(string detail) => new(ProblemKind.Malformed, detail);
}
