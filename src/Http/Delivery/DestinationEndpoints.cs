using DToC.Grains;
using DToC.Http.Delivery.Queues;
using DToC.Http.Delivery.Webhooks;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Delivery;

/// <summary><c>/v1/destinations</c>: where decisions and notices go.</summary>
internal static class DestinationEndpoints
{
    private const double MaxOverlapHours = 720;

    public static void MapDestinations(this IEndpointRouteBuilder app)
    {
        app.Map(DeliveryRoutes.List, ListAsync).Produces<DestinationsForm>();
        app.Map(DeliveryRoutes.Read, ReadAsync).Produces<DestinationForm>().WithProblems(404);
        app.Map(DeliveryRoutes.Create, CreateAsync)
            .Takes<DestinationRequest>(isRequired: true, "application/json")
            .Produces<ChangedDestinationForm>(StatusCodes.Status201Created).WithProblems(400, 409, 413, 422, 429, 503);
        app.Map(DeliveryRoutes.Put, PutAsync)
            .Takes<DestinationRequest>(isRequired: true, "application/json")
            .Produces<ChangedDestinationForm>().WithProblems(400, 404, 413, 422, 429, 503);
        app.Map(DeliveryRoutes.Delete, DeleteAsync).Produces(StatusCodes.Status204NoContent)
            .WithProblems(404, 429, 503);
        app.Map(DeliveryRoutes.Rotate, RotateAsync)
            .Takes<RotationRequest>(isRequired: false, "application/json")
            .Produces<RotationForm>().WithProblems(400, 404, 413, 422, 429, 503);
        app.MapDeadLetters();
    }

    private static async Task<JsonHttpResult<DestinationsForm>> ListAsync(HttpContext http, DestinationDesk desk)
    {
        var forms = new List<DestinationForm>();
        foreach (var destination in await desk.ListAsync(http.RequestAborted)) forms.Add(desk.FormOf(destination));
        return TypedResults.Json(new DestinationsForm(forms), WireJson.Options);
    }

    private static async Task<Results<JsonHttpResult<DestinationForm>, ProblemResult>> ReadAsync(
        string name, HttpContext http, DestinationDesk desk) =>
        await desk.FindAsync(name, http.RequestAborted) is { } destination
            ? TypedResults.Json(desk.FormOf(destination), WireJson.Options)
            : DestinationDesk.NotFound(name);

    private static async Task<Results<JsonHttpResult<ChangedDestinationForm>, ProblemResult>> CreateAsync(
        HttpContext http, DestinationDesk desk, HttpOptions options)
    {
        var wanted = await RequestBody.ReadJsonAsync<DestinationRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (wanted is null || !DestinationCheck.IsName(wanted.Name))
            return new ProblemResult(ProblemKind.NotPossible, "name must have 1 to 64 of a-z, 0-9 and hyphens.");
        http.Response.Headers.CacheControl = "no-store";
        return await desk.PutAsync(wanted.Name ?? "", wanted, before: null, http.RequestAborted) switch
        {
            (null, var made) =>
                TypedResults.Json(made, WireJson.Options, statusCode: StatusCodes.Status201Created),
            var (problem, _) => problem,
        };
    }

    private static async Task<Results<JsonHttpResult<ChangedDestinationForm>, ProblemResult>> PutAsync(
        string name, HttpContext http, DestinationDesk desk, HttpOptions options)
    {
        var wanted = await RequestBody.ReadJsonAsync<DestinationRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (wanted is null || (wanted.Name is not null && wanted.Name != name))
        {
            return new ProblemResult(
                ProblemKind.NotPossible, "Send all settings; a name in the body must be that of the address.");
        }
        if (await desk.FindAsync(name, http.RequestAborted) is not { } before) return DestinationDesk.NotFound(name);
        http.Response.Headers.CacheControl = "no-store";
        return await desk.PutAsync(name, wanted, before, http.RequestAborted) switch
        {
            (null, var changed) => TypedResults.Json(changed, WireJson.Options),
            var (problem, _) => problem,
        };
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string name, HttpContext http, DestinationDesk desk) =>
        await desk.RemoveAsync(name, http.RequestAborted) is { } problem ? problem : TypedResults.NoContent();

    private static async Task<Results<JsonHttpResult<RotationForm>, ProblemResult>> RotateAsync(
        string name, HttpContext http, DestinationDesk desk, HttpOptions options)
    {
        var wanted = await RequestBody.ReadJsonAsync<RotationRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted) ?? new RotationRequest(null, null);
        var hours = wanted.OverlapHours ?? 24;
        if (!(hours is >= 0 and <= MaxOverlapHours))
            return new ProblemResult(ProblemKind.NotPossible, $"overlapHours must be 0 to {MaxOverlapHours}.");
        if (wanted.Secret is { } given && SigningSecret.Parse(given) is null)
            return new ProblemResult(ProblemKind.NotPossible, DestinationCheck.WantedSecret);
        if (await desk.FindAsync(name, http.RequestAborted) is not { } destination)
            return DestinationDesk.NotFound(name);
        if (destination.Settings.Kind != DestinationKind.Webhook)
        {
            return new ProblemResult(
                ProblemKind.NotPossible, "Only webhooks are signed; set a broker's password anew.");
        }
        http.Response.Headers.CacheControl = "no-store";
        var (problem, form) = await desk.RotateAsync(
            destination, wanted.Secret, TimeSpan.FromHours(hours), http.RequestAborted);
        return problem is not null ? problem : TypedResults.Json(form, WireJson.Options);
    }
}
