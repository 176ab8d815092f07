using System.Security.Cryptography;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Attributes;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Personas;

/// <summary>Which persona a customer chooses until further notice; null to be none.</summary>
internal sealed record ChoiceForm(string? Persona);

/// <summary>A persona that something was said of.</summary>
/// <param name="Pseudonym">Under which id its decisions go out; null unless it is pseudonymous.</param>
internal sealed record PersonaForm(string Persona, string? Pseudonym);

/// <summary>
/// <c>PUT /v1/twins/{id}/personas/{persona}</c> says who a persona is, <c>PUT /v1/twins/{id}/persona</c> chooses one.
/// </summary>
internal static class PersonaEndpoints
{
    private const int PseudonymDigits = 32;

    public static void MapPersonas(this IEndpointRouteBuilder app)
    {
        app.Map(PersonaRoutes.Say, SayAsync)
            .Takes<Dictionary<string, JsonElement>>(isRequired: true, "application/json").Produces<PersonaForm>()
            .WithProblems(400, 413, 422, 429, 503);
        app.Map(PersonaRoutes.Choose, ChooseAsync).Takes<ChoiceForm>(isRequired: true, "application/json")
            .Produces(StatusCodes.Status204NoContent).WithProblems(400, 413, 422, 429, 503);
    }

    private static async Task<Results<JsonHttpResult<PersonaForm>, ProblemResult>> SayAsync(
        string id, string persona, string? source, HttpContext http, TwinLookup twins, ITwinHost host,
        HttpOptions options, TimeProvider time)
    {
        var body = await RequestBody.ReadJsonAsync<Dictionary<string, JsonElement>>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        var personas = host.Plans.Current.Events.Personas;
        var slot = personas.Find(persona);
        if (slot < 0) return Malformed(personas.NoSuch(persona));
        var isPseudonymous = personas.IsPseudonymous[slot];
        if (body is null || body.Count > SaidAttribute.Most || (body.Count == 0 && !isPseudonymous))
            return Malformed($"The body has no attribute, or more than {SaidAttribute.Most}");
        var changes = new List<AttributeChange>(body.Count + 1);
        foreach (var (name, value) in body)
        {
            if (SaidAttribute.Fault(name, value) is { } fault) return Malformed($"{name} {fault}");
            changes.Add(SaidAttribute.Of(Of(persona, name), value));
        }
        string? pseudonym = null;
        if (isPseudonymous)
        {
            var twin = await twins.FindAsync(id, http.RequestAborted);
            pseudonym = twin?.State.FindFacet(slot)?.Pseudonym;
            if (pseudonym is null)
            {
                pseudonym = $"p-{RandomNumberGenerator.GetHexString(PseudonymDigits, lowercase: true)}";
                changes.Add(new AttributeChange(Of(persona, PersonaDefinition.Pseudonym), pseudonym, null));
            }
        }
        return await SendAsync(id, source, changes, host, options, time, http.RequestAborted) is { } problem
            ? problem
            : TypedResults.Json(new PersonaForm(persona, pseudonym), WireJson.Options);
    }

    private static async Task<Results<NoContent, ProblemResult>> ChooseAsync(
        string id, string? source, HttpContext http, ITwinHost host, HttpOptions options, TimeProvider time)
    {
        var choice = await RequestBody.ReadJsonAsync<ChoiceForm>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (choice is null) return Malformed("""The body names a persona, such as {"persona": "work"}""");
        var personas = host.Plans.Current.Events.Personas;
        if (personas.ChoiceAttribute < 0)
            return Malformed("No persona can be chosen: the definition has no customer.personaCategory");
        if (choice.Persona is { } name && personas.Find(name) < 0) return Malformed(personas.NoSuch(name));
        var change = new AttributeChange(PersonaDefinition.Choice, choice.Persona ?? "", null);
        return await SendAsync(id, source, [change], host, options, time, http.RequestAborted) is { } problem
            ? problem
            : TypedResults.NoContent();
    }

    private static string Of(string persona, string attribute) =>
        $"{persona}{PersonaDefinition.Separator}{attribute}";

    /// <summary>Says it to the id in the path, as the customer's own word; null when it was taken.</summary>
    private static async Task<ProblemResult?> SendAsync(
        string id, string? source, IReadOnlyList<AttributeChange> changes, ITwinHost host, HttpOptions options,
        TimeProvider time, CancellationToken cancellation)
    {
        var from = source ?? EventReader.DefaultSource;
        if (SourceParameter.Problem(from, options) is { } fault) return fault;
        var customer = TwinLookup.IdOf(id);
        if (!TwinLookup.IsId(customer, options))
            return Malformed("The customer id is too long, or a hypothetical twin's");
        var message = new CustomerMessage.SetAttributes(
            AttributeOrigin.Declared, from, Instant.From(time.GetUtcNow()), changes);
        var reply = await host.SendAsync(GrainKey.Customer(customer), message, cancellation);
        return reply is Reply.Done ? null : ProblemResult.Of(reply, options);
    }

    private static ProblemResult Malformed(string what) => new(ProblemKind.Malformed, $"{what}.");
}
