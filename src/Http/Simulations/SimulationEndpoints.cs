using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Learn.Simulating;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Simulations;

using Answer = Results<JsonHttpResult<SimulationForm>, ProblemResult>;

/// <summary><c>/v1/simulations</c>.</summary>
internal static class SimulationEndpoints
{
    private const string Media = "application/json";

    public static void MapSimulations(this IEndpointRouteBuilder app)
    {
        app.Map(SimulationRoutes.Start, StartAsync).Takes<SimulationRequest>(isRequired: true, Media)
            .Produces<SimulationForm>(StatusCodes.Status202Accepted).WithProblems(400, 413, 422, 429, 503);
        app.Map(SimulationRoutes.List, ListAsync).Produces<SimulationsForm>();
        app.Map(SimulationRoutes.Compare, SimulationComparison.CompareAsync).Produces<ComparisonForm>()
            .WithProblems(400, 404, 409);
        app.Map(SimulationRoutes.Read, ReadAsync).Produces<SimulationForm>().WithProblems(404);
        app.Map(SimulationRoutes.Stream, SimulationStream.StreamAsync)
            .Produces<SimulationForm>(StatusCodes.Status200OK, "text/event-stream").WithProblems(404, 429, 503);
        app.Map(SimulationRoutes.Cancel, CancelAsync).Produces<SimulationForm>().WithProblems(404, 409, 503);
        app.Map(SimulationRoutes.Rerun, RerunAsync).Produces<SimulationForm>(StatusCodes.Status202Accepted)
            .WithProblems(404, 422, 429, 503);
        app.Map(SimulationRoutes.Delete, DeleteAsync).Produces(StatusCodes.Status204NoContent).WithProblems(404, 503);
    }

    /// <summary>The answer when there is none.</summary>
    public static ProblemResult NotFound(string id) => new(
        ProblemKind.NotFound, $"No simulation '{id}' is kept; GET /v1/simulations lists those that are.");

    private static async Task<Answer> StartAsync(
        HttpContext http, ITwinHost host, SimulationTable table, SimulationJobs jobs, HttpOptions options,
        TimeProvider time)
    {
        var body = await RequestBody.ReadAllAsync(http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (body.IsEmpty)
            return new ProblemResult(ProblemKind.Malformed, "There is no body; {} simulates everybody for a year.");
        var read = SimulationRequestReader.Read(body.Span, "request");
        return read.Request is { } request
            ? await AddAsync(request, "", http, host, table, jobs, options, time)
            : new ProblemResult(ProblemKind.Malformed, read.Fault ?? "The request cannot be read.");
    }

    private static async Task<Answer> RerunAsync(
        string id, HttpContext http, ITwinHost host, SimulationTable table, SimulationJobs jobs, HttpOptions options,
        TimeProvider time)
    {
        if (await table.FindAsync(id, http.RequestAborted) is not { } header) return NotFound(id);
        var request = await table.RequestAsync(header.Id, http.RequestAborted);
        return await AddAsync(request, header.Id, http, host, table, jobs, options, time);
    }

    private static async Task<Answer> AddAsync(
        SimulationRequest request, string rerunOf, HttpContext http, ITwinHost host, SimulationTable table,
        SimulationJobs jobs, HttpOptions options, TimeProvider time)
    {
        if (Problem(request, host) is { } wrong) return wrong;
        var at = time.GetUtcNow();
        var header = new SimulationHeader(
            Guid.CreateVersion7(at).ToString("N"), request.Name ?? "", http.KeyName(), Instant.From(at))
        {
            RerunOf = rerunOf,
        };
        var reply = await table.AddAsync(header, request, http.RequestAborted);
        if (reply is SimulationsReply.Full full)
        {
            return new ProblemResult(
                ProblemKind.Busy, $"{full.Limit} simulations have not ended; come back when one has, or cancel one.")
            {
                RetryAfter = TimeSpan.FromSeconds(30),
            };
        }
        if (reply is not SimulationsReply.Added) return ProblemResult.Of(reply, options);
        jobs.Added(header.Id);
        http.Response.Headers.Location = $"/v1/simulations/{header.Id}";
        return TypedResults.Json(
            SimulationForm.Of(header, null, request.Paths, options), WireJson.Options,
            statusCode: StatusCodes.Status202Accepted);
    }

    private static ProblemResult? Problem(SimulationRequest request, ITwinHost host)
    {
        if (SimulationSetup.Of(host.Plans, request).Fault is { } fault)
            return new ProblemResult(ProblemKind.NotPossible, fault);
        return request.Population.Customers is { Count: < ResultDisclosure.LeastMembers } few
            ? new ProblemResult(
                ProblemKind.NotPossible,
                $"population.customers names {few.Count}; sums are told of {ResultDisclosure.LeastMembers} or more. "
                + "POST /v1/twins/{id}/simulate runs one customer.")
            : null;
    }

    private static async Task<JsonHttpResult<SimulationsForm>> ListAsync(
        HttpContext http, SimulationTable table, SimulationJobs jobs, HttpOptions options)
    {
        var headers = await table.ListAsync(http.RequestAborted);
        return TypedResults.Json(
            new SimulationsForm(
                [
                    .. headers.Reverse().Select(header => SimulationForm.Of(
                        header, jobs.Find(header.Id)?.Look().Progress, null, options)),
                ],
                SimulationsGrain.MaxKept),
            WireJson.Options);
    }

    private static async Task<Answer> ReadAsync(
        string id, HttpContext http, ITwinHost host, SimulationTable table, SimulationJobs jobs, TwinLookup twins,
        HttpOptions options, TimeProvider time)
    {
        // Looked at first: what ends meanwhile has its result in the table.
        var live = jobs.Find(id)?.Look();
        if (await table.FindAsync(id, http.RequestAborted) is not { } header) return NotFound(id);
        var request = await table.RequestAsync(header.Id, http.RequestAborted);
        var form = SimulationForm.Of(header, header.HasEnded ? null : live?.Progress, request.Paths, options) with
        {
            Request = SimulationTable.ToJson(request),
            Rerun = await RerunOfAsync(header, table, http.RequestAborted),
        };
        var isTwinReader = http.Features.Get<AccessKey>()?.Allows(KeyScopes.Read) == true;
        if (await table.ResultAsync(header, http.RequestAborted) is { } kept)
        {
            var result = JsonNode.Parse(kept.Json.Span)
                ?? throw new InvalidDataException($"The result of simulation {header.Id} is empty.");
            if (isTwinReader)
            {
                var named = await table.NamedAsync(SimulationsGrain.NamedRow(header.Id), http.RequestAborted);
                var now = Instant.From(time.GetUtcNow());
                ResultDisclosure.Join(
                    result, await MayNameAsync(named, host, twins, now, http.RequestAborted));
            }
            form = form with { Result = result };
        }
        else if (!header.HasEnded && live?.Partial is { } partial)
        {
            // Customers are named when it has ended.
            form = form with { Result = JsonNode.Parse(ResultDisclosure.Split(partial).Told.ToJson()) };
        }
        return TypedResults.Json(form, WireJson.Options);
    }

    private static async ValueTask<RerunForm?> RerunOfAsync(
        SimulationHeader header, SimulationTable table, CancellationToken cancellation)
    {
        if (header.RerunOf.Length == 0) return null;
        var before = await table.FindAsync(header.RerunOf, cancellation);
        return RerunForm.Between(header.RerunOf, before?.Ground, header.Ground);
    }

    /// <summary>Those of the customers that may be named now, under the ids they have now.</summary>
    private static async ValueTask<IReadOnlyList<NamedCustomer>> MayNameAsync(
        IReadOnlyList<NamedCustomer> named, ITwinHost host, TwinLookup twins, Instant now,
        CancellationToken cancellation)
    {
        List<NamedCustomer> told = [];
        foreach (var one in named)
        {
            if (host.IsErased(GrainKey.Customer(one.Customer))) continue;
            if (await twins.FindAsync(one.Customer, cancellation) is { } twin
                && ResultDisclosure.MayName(twin.State, host.Plans.Current, now))
            {
                told.Add(one with { Customer = twin.Customer });
            }
        }
        return told;
    }

    private static async Task<Answer> CancelAsync(
        string id, HttpContext http, SimulationTable table, SimulationJobs jobs, HttpOptions options)
    {
        if (await table.FindAsync(id, http.RequestAborted) is not { } header) return NotFound(id);
        if (header.HasEnded)
        {
            return new ProblemResult(
                ProblemKind.Conflict, $"It has ended: {WireJson.Word(header.State)}. DELETE removes it.");
        }
        await jobs.CancelAsync(header, http.RequestAborted);
        var after = await table.FindAsync(id, http.RequestAborted) ?? header;
        return TypedResults.Json(
            SimulationForm.Of(after, jobs.Find(id)?.Look().Progress, null, options), WireJson.Options);
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, HttpContext http, SimulationTable table, SimulationJobs jobs, HttpOptions options)
    {
        if (await table.FindAsync(id, http.RequestAborted) is not { } header) return NotFound(id);
        // Out of the table first: what its work still sends then finds nothing there.
        await table.SendAsync(new SimulationsMessage.Remove(header.Id), http.RequestAborted);
        jobs.Forget(header.Id);
        return TypedResults.NoContent();
    }
}
