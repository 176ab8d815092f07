using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.State;
using DToC.Twin.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Twins;

/// <summary>Consents as they stand after a change.</summary>
internal sealed record ConsentsForm(string Customer, IReadOnlyDictionary<string, ConsentView> Consents);

/// <summary><c>PUT /v1/twins/{id}/consents</c>.</summary>
internal static class ConsentsEndpoint
{
    private const string Example = "{\"marketing\": \"granted\"}; the words are granted, denied, withdrawn";

    public static void MapConsents(this IEndpointRouteBuilder app) =>
        app.Map(Routes.PutConsents, PutAsync)
            .Takes<Dictionary<string, ConsentStatus>>(isRequired: true, "application/json")
            .Produces<ConsentsForm>()
            .WithProblems(400, 413, 422, 429, 503);

    private static async Task<Results<JsonHttpResult<ConsentsForm>, ProblemResult>> PutAsync(
        string id, string? source, HttpContext http, TwinLookup twins, ITwinHost host, HttpOptions options,
        TimeProvider time)
    {
        var body = await RequestBody.ReadJsonAsync<Dictionary<string, string?>>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (body is null or { Count: 0 }) return Malformed("The body has no purpose");
        var changes = new List<ConsentChange>(body.Count);
        foreach (var (purpose, word) in body)
        {
            ConsentStatus? status = word switch
            {
                "granted" => ConsentStatus.Granted,
                "denied" => ConsentStatus.Denied,
                "withdrawn" => ConsentStatus.Withdrawn,
                _ => null,
            };
            if (status is not { } said)
            {
                return Malformed($"'{word}' for {purpose} is not a word for a consent");
            }
            changes.Add(new ConsentChange(purpose, said));
        }
        var from = source ?? Twin.Events.EventReader.DefaultSource;
        if (from.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(from) > options.Events.MaxSourceBytes)
        {
            return new ProblemResult(
                ProblemKind.Malformed, $"source must have 1 to {options.Events.MaxSourceBytes} bytes.");
        }
        // A consent may be the first thing known of a customer, so the twin need not be there yet.
        var customer = (await twins.FindAsync(id, http.RequestAborted))?.Customer ?? TwinLookup.IdOf(id);
        if (System.Text.Encoding.UTF8.GetByteCount(customer) > options.Events.MaxCustomerBytes)
        {
            return Malformed("The customer id is too long");
        }
        var reply = await host.SendAsync(
            GrainKey.Customer(customer), new CustomerMessage.SetConsents(changes, from), http.RequestAborted);
        if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
        if (await twins.FindAsync(customer, http.RequestAborted) is not { } twin)
        {
            return TwinLookup.NotFound(id);
        }
        var view = TwinView.Of(twin.Customer, twin.State, DToC.Twin.Instant.From(time.GetUtcNow()));
        return TypedResults.Json(new ConsentsForm(twin.Customer, view.Operation.Consents), WireJson.Options);
    }

    private static ProblemResult Malformed(string what) =>
        new(ProblemKind.Malformed, $"{what}; send an object such as {Example}.");
}
