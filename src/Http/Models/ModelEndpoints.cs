using DToC.Grains;
using DToC.Http.Definitions;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Models;

/// <summary><c>/v1/models</c>: list, read, replace.</summary>
internal static class ModelEndpoints
{
    private const string MediaType = "application/json";

    public static void MapModels(this IEndpointRouteBuilder app)
    {
        app.Map(ModelRoutes.List, List).Produces<IReadOnlyList<ModelForm>>();
        app.Map(ModelRoutes.Read, Read).Produces<ModelCardForm>().WithProblems(404);
        app.Map(ModelRoutes.ReadFile, ReadFile)
            .Produces(StatusCodes.Status200OK, contentType: MediaType).WithProblems(404);
        app.Map(ModelRoutes.Put, PutAsync)
            .Takes<object>(isRequired: true, MediaType).Produces<ModelCardForm>()
            .WithProblems(404, 413, 422, 503);
        app.Map(ModelRoutes.Delete, DeleteAsync).Produces<ModelCardForm>().WithProblems(404, 422, 503);
    }

    private static JsonHttpResult<IReadOnlyList<ModelForm>> List(ITwinHost host)
    {
        var plan = host.Plans.Current;
        IReadOnlyList<ModelForm> models =
            [.. Enumerable.Range(0, plan.Models.Length).Select(slot => ModelForm.Of(plan, slot))];
        return TypedResults.Json(models, WireJson.Options);
    }

    private static Results<JsonHttpResult<ModelCardForm>, ProblemResult> Read(string name, ITwinHost host)
    {
        var plan = host.Plans.Current;
        var slot = plan.FindModel(name);
        return slot < 0
            ? NotFound(plan, name)
            : TypedResults.Json(ModelCardForm.Of(plan, slot), WireJson.Options);
    }

    private static Results<FileContentHttpResult, ProblemResult> ReadFile(string name, ITwinHost host)
    {
        var plan = host.Plans.Current;
        var slot = plan.FindModel(name);
        if (slot < 0) return NotFound(plan, name);
        return plan.Models[slot] switch
        {
            { Fitted: not null } => TypedResults.Bytes(plan.Source.Models[name].ToArray(), MediaType),
            ModelPlan.OfModel own => TypedResults.Bytes(ModelFile.Of(own.Model).ToBytes(), MediaType),
            _ => new ProblemResult(
                ProblemKind.NotFound, $"'{name}' is a rule of the definition, or still to be fitted: it has no file."),
        };
    }

    private static async Task<Results<JsonHttpResult<ModelCardForm>, ProblemResult>> PutAsync(
        string name, HttpContext http, ITwinHost host, DefinitionGate gate)
    {
        var stored = await RequestBody.ReadAllAsync(http.Request, ModelFile.MaxBytes, http.RequestAborted);
        ModelFile file;
        try
        {
            file = ModelFile.Read(stored);
        }
        catch (InvalidDataException wrong)
        {
            return new ProblemResult(ProblemKind.NotPossible, wrong.Message);
        }
        // Written anew: the version of a model does not hang on how its file was indented.
        return await ChangeAsync(name, host, gate, source => source.With(name, file.ToBytes()), http.RequestAborted);
    }

    private static Task<Results<JsonHttpResult<ModelCardForm>, ProblemResult>> DeleteAsync(
        string name, HttpContext http, ITwinHost host, DefinitionGate gate) =>
        ChangeAsync(name, host, gate, source => source.Without(name), http.RequestAborted);

    private static async Task<Results<JsonHttpResult<ModelCardForm>, ProblemResult>> ChangeAsync(
        string name, ITwinHost host, DefinitionGate gate, Func<PlanSource, PlanSource> change,
        CancellationToken cancellation)
    {
        var problem = await PlanChange.MakeAsync(
            host, gate, plan => plan.FindModel(name) < 0 ? NotFound(plan, name) : null, change, cancellation);
        return problem is not null
            ? problem
            : TypedResults.Json(
                ModelCardForm.Of(host.Plans.Current, host.Plans.Current.FindModel(name)), WireJson.Options);
    }

    private static ProblemResult NotFound(TwinPlan plan, string name) => new(
        ProblemKind.NotFound,
        $"The definition has no model '{name}'; it has {string.Join(", ", plan.Models.Select(m => m.Name))}.");
}
