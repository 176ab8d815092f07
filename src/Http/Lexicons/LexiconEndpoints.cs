using DToC.Grains;
using DToC.Http.Definitions;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.Models.Text;
using DToC.Twin.Plan;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Lexicons;

/// <summary><c>/v1/lexicons</c>: list, read, replace, take away.</summary>
internal static class LexiconEndpoints
{
    private const string MediaType = "text/plain";

    public static void MapLexicons(this IEndpointRouteBuilder app)
    {
        app.Map(LexiconRoutes.List, List).Produces<IReadOnlyList<LexiconForm>>();
        app.Map(LexiconRoutes.Read, Read)
            .Produces(StatusCodes.Status200OK, contentType: MediaType).WithProblems(404);
        app.Map(LexiconRoutes.Put, PutAsync)
            .Takes<string>(isRequired: true, MediaType).Produces<LexiconForm>().WithProblems(413, 422, 503);
        app.Map(LexiconRoutes.Delete, DeleteAsync)
            .Produces(StatusCodes.Status204NoContent).WithProblems(404, 422, 503);
    }

    private static JsonHttpResult<IReadOnlyList<LexiconForm>> List(ITwinHost host)
    {
        var plan = host.Plans.Current;
        IReadOnlyList<LexiconForm> lexicons =
            [.. plan.Source.Lexicons.Select(kept => LexiconForm.Of(plan, new LexiconFile(kept.Key, kept.Value)))];
        return TypedResults.Json(lexicons, WireJson.Options);
    }

    private static Results<FileContentHttpResult, ProblemResult> Read(string name, ITwinHost host)
    {
        var plan = host.Plans.Current;
        return plan.Source.Lexicons.TryGetValue(name, out var file)
            ? TypedResults.Bytes(file.ToArray(), $"{MediaType}; charset=utf-8")
            : NotFound(plan, name);
    }

    private static async Task<Results<JsonHttpResult<LexiconForm>, ProblemResult>> PutAsync(
        string name, HttpContext http, ITwinHost host, DefinitionGate gate)
    {
        if (!LexiconFile.IsName(name))
        {
            return new ProblemResult(
                ProblemKind.NotPossible, $"A lexicon's name is {LexiconFile.WantedName}, as in vader_lexicon.txt.");
        }
        var body = await RequestBody.ReadAllAsync(http.Request, LexiconFile.MaxBytes, http.RequestAborted);
        var file = new LexiconFile(name, body);
        try
        {
            VaderLexicon.Look(file);
        }
        catch (InvalidDataException wrong)
        {
            return new ProblemResult(ProblemKind.NotPossible, $"{wrong.Message} What was there stays.");
        }
        var problem = await PlanChange.MakeAsync(
            host, gate, static _ => null, source => source.WithLexicon(name, body), http.RequestAborted);
        return problem is not null
            ? problem
            : TypedResults.Json(LexiconForm.Of(host.Plans.Current, file), WireJson.Options);
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string name, HttpContext http, ITwinHost host, DefinitionGate gate)
    {
        var problem = await PlanChange.MakeAsync(
            host, gate, plan => plan.Source.Lexicons.ContainsKey(name) ? null : NotFound(plan, name),
            source => source.WithoutLexicon(name), http.RequestAborted);
        return problem is not null ? problem : TypedResults.NoContent();
    }

    private static ProblemResult NotFound(TwinPlan plan, string name) => new(
        ProblemKind.NotFound,
        $"There is no lexicon '{name}'; there are "
        + (plan.Source.Lexicons.Count == 0 ? "none." : $"{string.Join(", ", plan.Source.Lexicons.Keys)}."));
}
