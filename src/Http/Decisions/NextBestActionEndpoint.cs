using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Decisions;

/// <summary>What a request for a decision may say of the moment.</summary>
/// <param name="Context">Values by context key: channel, device, place, session.</param>
/// <param name="Persona">The customer's persona to decide for; unless given the one it has chosen, or the one that the
/// context chooses.</param>
internal sealed record MomentForm(IReadOnlyDictionary<string, string?>? Context, string? Persona);

/// <summary><c>POST /v1/twins/{id}/next-best-action</c>.</summary>
internal static class NextBestActionEndpoint
{
    public static void MapNextBestAction(this IEndpointRouteBuilder app) =>
        app.Map(Routes.NextBestAction, DecideAsync)
            .Takes<MomentForm>(isRequired: false, "application/json").Produces<DecisionForm>()
            .WithProblems(400, 404, 413, 422, 429, 503);

    private static async Task<Results<JsonHttpResult<DecisionForm>, ProblemResult>> DecideAsync(
        string id, HttpContext http, TwinLookup twins, ITwinHost host, HttpOptions options)
    {
        var moment = await RequestBody.ReadJsonAsync<MomentForm>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (AskedContext.Read(moment?.Context, options.Events, out var context) is { } wrong) return Malformed(wrong);
        var personas = host.Plans.Current.Events.Personas;
        if (moment?.Persona is { } persona && personas.Find(persona) < 0)
            return Malformed($"{personas.NoSuch(persona)}.");
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        var reply = await host.SendAsync(
            GrainKey.Customer(twin.Customer), new CustomerMessage.Decide(context) { Persona = moment?.Persona },
            http.RequestAborted);
        if (reply is not CustomerReply.Decided { Decision: var decision })
        {
            return ProblemResult.Of(reply, options);
        }
        var plan = host.Plans.Find(decision.PlanHash)
            ?? throw new InvalidOperationException(
                $"Definition {decision.PlanHash:x16} decided and is not kept.");
        return TypedResults.Json(DecisionForm.Of(decision, plan), WireJson.Options);
    }

    private static ProblemResult Malformed(string detail) => new(ProblemKind.Malformed, detail);
}
