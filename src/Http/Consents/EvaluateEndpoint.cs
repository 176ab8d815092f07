using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.State;
using DToC.Twin.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Consents;

/// <summary>What is to be evaluated.</summary>
/// <param name="Customer">Whose consents; null for a customer of whom nothing is known.</param>
/// <param name="Consents">What the customer is assumed to say besides, in the form of PUT consents.</param>
/// <param name="At">The moment; null for now. May lie ahead, to see what will have expired.</param>
/// <param name="Persona">The persona that the customer is assumed to choose; null leaves it as it is.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EvaluateForm(
    string? Customer = null, Dictionary<string, JsonElement>? Consents = null, Instant? At = null,
    string? Persona = null);

/// <summary>What may be done.</summary>
/// <param name="Customer">Whose, after merges; null for one of whom nothing is known.</param>
/// <param name="AsOf">The moment.</param>
/// <param name="Consents">Consents as they would stand.</param>
/// <param name="Pairs">Every category for every purpose.</param>
/// <param name="Uses">All that the definition does with personal data.</param>
internal sealed record EvaluationForm(
    string? Customer, Instant AsOf, IReadOnlyDictionary<string, ConsentView> Consents,
    IReadOnlyList<PairStanding> Pairs, IReadOnlyList<UseStanding> Uses);

/// <summary><c>POST /v1/consent/evaluate</c> and <c>GET /v1/definition/minimisation</c>.</summary>
internal static class EvaluateEndpoint
{
    private const string Source = "assumed";

    public static void MapEvaluation(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.EvaluateConsent, EvaluateAsync)
            .Takes<EvaluateForm>(isRequired: false, "application/json")
            .Produces<EvaluationForm>().WithProblems(400, 404, 413, 422);
        app.Map(Routes.ReadMinimisation, Minimise).Produces<MinimisationForm>();
    }

    private static async Task<Results<JsonHttpResult<EvaluationForm>, ProblemResult>> EvaluateAsync(
        HttpContext http, TwinLookup twins, ITwinHost host, HttpOptions options, TimeProvider time)
    {
        var form = await RequestBody.ReadJsonAsync<EvaluateForm>(
            http.Request, options.MaxBodyBytes, http.RequestAborted) ?? new EvaluateForm();
        var now = Instant.From(time.GetUtcNow());
        var state = new CustomerState(host.Plans.Current);
        if (form.Customer is { } id)
        {
            if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
            (form, state) = (form with { Customer = twin.Customer }, twin.State);
        }
        ConsentRecord[] assumed = [.. state.Consents];
        if (Assume(form, state.Plan.Consent, now, assumed) is { } problem) return problem;
        var at = form.At ?? now;
        var personas = state.Plan.Events.Personas;
        if (form.Persona is { } name && personas.Find(name) < 0)
            return new ProblemResult(ProblemKind.Malformed, $"{personas.NoSuch(name)}.");
        var chosen = (state.Chosen, form.Persona is null ? state.Chosen : personas.Find(form.Persona));
        var evaluation = ConsentEvaluation.Of(state.Plan, state.Consents, assumed, at, chosen);
        var consents = new Dictionary<string, ConsentView>(StringComparer.Ordinal);
        for (var i = 0; i < assumed.Length; i++)
            consents[state.Plan.Consent.Purposes[i]] = ConsentView.Of(assumed[i]);
        return TypedResults.Json(
            new EvaluationForm(form.Customer, at, consents, evaluation.Pairs, evaluation.Uses), WireJson.Options);
    }

    private static ProblemResult? Assume(
        EvaluateForm form, Twin.Plan.ConsentPlan plan, Instant now, ConsentRecord[] consents)
    {
        var changes = new List<ConsentChange>();
        if (ConsentSaid.Read(form.Consents ?? [], now, changes) is { } problem)
        {
            return new ProblemResult(
                ProblemKind.Malformed, $"{problem}; consents is an object such as {ConsentSaid.Example}.");
        }
        foreach (var change in changes)
        {
            var purpose = plan.FindPurpose(change.Purpose);
            if (purpose < 0)
                return new ProblemResult(ProblemKind.Malformed, $"{plan.NoSuchPurpose(change.Purpose)}.");
            consents[purpose] = change.ApplyTo(consents[purpose], now, Source);
        }
        return null;
    }

    private static JsonHttpResult<MinimisationForm> Minimise(ITwinHost host)
    {
        var plan = host.Plans.Current;
        return TypedResults.Json(
            new MinimisationForm(
                plan.Definition.Name, plan.Definition.Version,
                [.. Minimisation.Of(plan).Select(UnneededForm.Of)]),
            WireJson.Options);
    }
}

/// <summary>What a definition keeps or allows and nothing needs.</summary>
internal sealed record MinimisationForm(string Name, string Version, IReadOnlyList<UnneededForm> Unneeded);

/// <summary>One such thing, with the line of the definition that says it.</summary>
internal sealed record UnneededForm(FieldKind Kind, string Name, int Line, string Reason)
{
    public static UnneededForm Of(UnneededField field) => new(field.Kind, field.Name, field.At.Line, field.Reason);
}
