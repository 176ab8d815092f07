using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Consents;

/// <summary>Consents as they stand after a change.</summary>
internal sealed record ConsentsForm(string Customer, IReadOnlyDictionary<string, ConsentView> Consents);

/// <summary><c>PUT /v1/twins/{id}/consents</c>.</summary>
internal static class ConsentsEndpoint
{
    public static void MapConsents(this IEndpointRouteBuilder app) =>
        app.Map(Routes.PutConsents, PutAsync)
            .Takes<Dictionary<string, ConsentSaid>>(isRequired: true, "application/json")
            .Produces<ConsentsForm>()
            .WithProblems(400, 413, 422, 429, 503);

    private static async Task<Results<JsonHttpResult<ConsentsForm>, ProblemResult>> PutAsync(
        string id, string? source, string? time, HttpContext http, TwinLookup twins, ITwinHost host,
        HttpOptions options, TimeProvider clock)
    {
        var body = await RequestBody.ReadJsonAsync<Dictionary<string, JsonElement>>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (body is null or { Count: 0 }) return Malformed("The body has no purpose");
        var now = Instant.From(clock.GetUtcNow());
        var at = now;
        if (time is not null && (!InstantJson.TryParse(time, out at) || at > now))
        {
            return new ProblemResult(ProblemKind.Malformed,
                $"time must be RFC 3339 with an offset, such as 2026-03-01T12:00:00Z, and not ahead of {now}.");
        }
        var changes = new List<ConsentChange>(body.Count);
        if (ConsentSaid.Read(body, at, changes) is { } problem) return Malformed(problem);
        var from = source ?? EventReader.DefaultSource;
        if (SourceParameter.Problem(from, options) is { } fault) return fault;
        // A consent may be the first thing known of a customer, so the twin need not be there yet. It is said of this
        // id, whatever that was merged into.
        var customer = TwinLookup.IdOf(id);
        if (!TwinLookup.IsId(customer, options))
            return Malformed("The customer id is too long, or a hypothetical twin's");
        var message = new CustomerMessage.SetConsents(changes, from) { At = time is null ? null : at };
        var reply = await host.SendAsync(GrainKey.Customer(customer), message, http.RequestAborted);
        if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
        if (await twins.FindAsync(customer, http.RequestAborted) is not { } twin)
        {
            return twins.NotFound(id);
        }
        var view = TwinView.Of(twin.Customer, twin.State, now);
        return TypedResults.Json(new ConsentsForm(twin.Customer, view.Operation.Consents), WireJson.Options);
    }

    private static ProblemResult Malformed(string what) =>
        new(ProblemKind.Malformed, $"{what}; send an object such as {ConsentSaid.Example}.");
}
