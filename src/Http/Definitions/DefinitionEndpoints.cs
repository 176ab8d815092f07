using System.Globalization;
using DToC.Grains;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Definitions;

/// <summary>An error of a definition.</summary>
internal sealed record DefinitionErrorForm(int Line, int Column, string Path, string Message, string Remedy)
{
    /// <summary>An error as it is shown.</summary>
    public static DefinitionErrorForm Of(DefinitionError error) =>
        new(error.At.Line, error.At.Column, error.Path, error.Message, error.Remedy);
}

/// <summary>What looking over a definition gave.</summary>
internal sealed record DefinitionCheckForm(
    bool Valid, string? Name, string? Version, string? Hash, IReadOnlyList<DefinitionErrorForm> Errors);

/// <summary><c>/v1/definition</c>: read, validate, replace.</summary>
internal static class DefinitionEndpoints
{
    /// <summary>Name of the definition in messages.</summary>
    public const string FileName = "definition.jsonc";

    private const string MediaType = "application/json";

    public static void MapDefinition(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.ReadDefinition, Read).Produces(StatusCodes.Status200OK, contentType: MediaType)
            .Produces(StatusCodes.Status304NotModified);
        app.Map(Routes.ValidateDefinition, ValidateAsync)
            .Takes<object>(isRequired: true, MediaType).Produces<DefinitionCheckForm>().WithProblems(413);
        app.Map(Routes.PutDefinition, PutAsync)
            .Takes<object>(isRequired: true, MediaType).Produces<DefinitionCheckForm>()
            .WithProblems(412, 413, 422, 503);
    }

    private static Results<FileContentHttpResult, StatusCodeHttpResult> Read(HttpContext http, ITwinHost host)
    {
        var plan = host.Plans.Current;
        http.Response.Headers.ETag = TagOf(plan);
        foreach (var known in http.Request.GetTypedHeaders().IfNoneMatch)
        {
            if (known.Tag == TagOf(plan)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }
        return TypedResults.Bytes(plan.Source.Definition.ToArray(), MediaType);
    }

    private static async Task<JsonHttpResult<DefinitionCheckForm>> ValidateAsync(
        HttpContext http, ITwinHost host)
    {
        var source =
            await RequestBody.ReadAllAsync(http.Request, DefinitionLimits.FileBytes, http.RequestAborted);
        return InForce(host, source) switch
        {
            PlanCompilation.Compiled { Plan: var plan } => TypedResults.Json(CheckOf(plan), WireJson.Options),
            PlanCompilation.Invalid { Errors: var errors } => TypedResults.Json(
                new DefinitionCheckForm(
                    Valid: false, Name: null, Version: null, Hash: null, [.. errors.Select(DefinitionErrorForm.Of)]),
                WireJson.Options),
            var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
        };
    }

    private static async Task<Results<JsonHttpResult<DefinitionCheckForm>, ProblemResult>> PutAsync(
        HttpContext http, ITwinHost host, DefinitionGate gate)
    {
        var source =
            await RequestBody.ReadAllAsync(http.Request, DefinitionLimits.FileBytes, http.RequestAborted);
        var whole = InForce(host, source);
        if (whole is not PlanCompilation.Compiled) return Invalid(whole);
        var ifMatch = http.Request.GetTypedHeaders().IfMatch;
        if (ifMatch.Count > 0 && !ifMatch.Any(tag => tag.Tag == "*" || tag.Tag == TagOf(host.Plans.Current)))
        {
            return new ProblemResult(
                ProblemKind.Conflict,
                "Another definition is in force than If-Match names; read it again first.")
            {
                Status = StatusCodes.Status412PreconditionFailed,
            };
        }
        await gate.ChangeAsync(
            async () =>
            {
                // Models and lexicons may have come meanwhile.
                whole = InForce(host, source);
                if (whole is PlanCompilation.Compiled { Plan: var plan })
                    await host.ReplaceDefinitionAsync(plan, http.RequestAborted);
            },
            http.RequestAborted);
        if (whole is not PlanCompilation.Compiled { Plan: var inForce }) return Invalid(whole);
        http.Response.Headers.ETag = TagOf(inForce);
        return TypedResults.Json(CheckOf(inForce), WireJson.Options);
    }

    // Fitted models and lexicons stay for what the definition still names.
    private static PlanCompilation InForce(ITwinHost host, ReadOnlyMemory<byte> definition) =>
        TwinPlan.Load(PlanSource.OfFile(definition), FileName, host.Plans.Current.Source);

    /// <summary>The answer to a change that would leave no definition that compiles.</summary>
    public static ProblemResult Invalid(PlanCompilation compilation)
    {
        var errors = compilation is PlanCompilation.Invalid invalid ? invalid.Errors : [];
        return new ProblemResult(
            ProblemKind.DefinitionInvalid,
            $"The definition in force stays. First of {errors.Count}: {errors.FirstOrDefault()}")
        {
            More = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["errors"] = errors.Select(DefinitionErrorForm.Of).ToList(),
            },
        };
    }

    private static DefinitionCheckForm CheckOf(TwinPlan plan) =>
        new(Valid: true, plan.Definition.Name, plan.Definition.Version,
            plan.Hash.ToString("x16", CultureInfo.InvariantCulture), []);

    private static string TagOf(TwinPlan plan) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{plan.Hash:x16}\"");
}
