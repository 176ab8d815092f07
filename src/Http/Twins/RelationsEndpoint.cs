using System.Text;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Twins;

/// <summary><c>PUT /v1/twins/{id}/relations</c>.</summary>
internal static class RelationsEndpoint
{
    private const string Example = "{\"memberOf\": [\"h-7\"]}";

    public static void MapRelations(this IEndpointRouteBuilder app) =>
        app.Map(Routes.PutRelations, PutAsync)
            .Takes<Dictionary<string, string[]>>(isRequired: true, "application/json")
            .Produces(StatusCodes.Status204NoContent)
            .WithProblems(400, 413, 422, 429, 503);

    private static async Task<Results<NoContent, ProblemResult>> PutAsync(
        string id, string? source, HttpContext http, ITwinHost host, HttpOptions options, TimeProvider time)
    {
        var body = await RequestBody.ReadJsonAsync<Dictionary<string, JsonElement>>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (body is null or { Count: 0 }) return Malformed("The body has no relation");
        var from = source ?? EventReader.DefaultSource;
        if (SourceParameter.Problem(from, options) is { } fault) return fault;
        var known = host.Plans.Current.Events.Attributes.Where(attribute => attribute.IsRelation).ToList();
        var changes = new List<AttributeChange>(body.Count);
        foreach (var (name, targets) in body)
        {
            if (!known.Exists(relation => relation.Name == name))
            {
                var names = known.Count == 0 ? "none" : string.Join(", ", known.Select(relation => relation.Name));
                return Malformed($"Nothing can be said of a relation '{name}'; the definition has {names}");
            }
            if (TextOf(targets) is not { } text)
            {
                return Malformed(
                    $"'{name}' must be a list of customer ids of 1 to {RelationDefinition.MaxTargetBytes} bytes");
            }
            changes.Add(new AttributeChange(name, text, null));
        }
        // To the id in the path: of one that was merged it stays known whom it was said of.
        var customer = TwinLookup.IdOf(id);
        if (!TwinLookup.IsId(customer, options)) return Malformed("The customer id is too long");
        var message = new CustomerMessage.SetAttributes(
            AttributeOrigin.Declared, from, Instant.From(time.GetUtcNow()), changes);
        var reply = await host.SendAsync(GrainKey.Customer(customer), message, http.RequestAborted);
        return reply is Reply.Done ? TypedResults.NoContent() : ProblemResult.Of(reply, options);
    }

    /// <summary>The value that keeps a list of ids; null when it is none.</summary>
    private static string? TextOf(JsonElement targets)
    {
        if (targets.ValueKind != JsonValueKind.Array) return null;
        var ids = new List<string>(targets.GetArrayLength());
        foreach (var target in targets.EnumerateArray())
        {
            if (target.ValueKind != JsonValueKind.String || IdOf(target) is not { } id) return null;
            if (!ids.Contains(id, StringComparer.Ordinal)) ids.Add(id);
        }
        return string.Join(RelationDefinition.Separator, ids);
    }

    private static string? IdOf(JsonElement target) =>
        QuotedText.Of(target) is { } id && !string.IsNullOrWhiteSpace(id)
            && Encoding.UTF8.GetByteCount(id) <= RelationDefinition.MaxTargetBytes
            && !id.Contains(RelationDefinition.Separator) && !NobodyValues.Anywhere.Contains(id)
            ? id
            : null;

    private static ProblemResult Malformed(string what) =>
        new(ProblemKind.Malformed, $"{what}; send an object such as {Example}.");
}
