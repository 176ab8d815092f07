using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Cohorts;

/// <summary><c>POST /v1/cohorts</c>. One at a time: it looks through all customers.</summary>
internal sealed class CohortMaking(ITwinHost host, CohortShelf shelf, TwinLookup twins, HttpOptions options)
    : IDisposable
{
    /// <summary>Most cohorts.</summary>
    public const int MaxCohorts = 256;

    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Makes a cohort and fixes its members.</summary>
    public async Task<Results<JsonHttpResult<CohortForm>, ProblemResult>> MakeAsync(
        CohortRequest wanted, Instant now, CancellationToken cancellation)
    {
        if (!CohortGrain.IsName(wanted.Name) || wanted.Name is not { } name)
        {
            return new ProblemResult(
                ProblemKind.Malformed,
                $"name must be 1 to {CohortGrain.MaxNameChars} letters, digits, - and _, as in spring-2026.");
        }
        var (choice, problem) = CohortChoice.Read(wanted, host.Plans.Current, now);
        if (choice is null) return problem!; // one of the two is there
        if (!await _one.WaitAsync(TimeSpan.Zero, cancellation))
        {
            return new ProblemResult(ProblemKind.Busy, "Another cohort is being made; one is at a time.")
            {
                RetryAfter = ComeBack,
            };
        }
        try
        {
            return await FillAsync(name, wanted, choice, now, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<Results<JsonHttpResult<CohortForm>, ProblemResult>> FillAsync(
        string name, CohortRequest wanted, CohortChoice choice, Instant now, CancellationToken cancellation)
    {
        if ((await shelf.ListAsync(cancellation)).Count >= MaxCohorts)
        {
            return new ProblemResult(
                ProblemKind.Conflict, $"There are {MaxCohorts} cohorts, which is the most; delete one first.");
        }
        var reply = await host.SendAsync(
            CohortGrain.KeyOf(name), new CohortMessage.Begin(choice.Header), cancellation);
        if (reply is CohortReply.Taken)
        {
            return new ProblemResult(
                ProblemKind.Conflict,
                $"There is a cohort '{name}'. Choose another name, or delete it first, with "
                + $"DELETE /v1/cohorts/{name}.");
        }
        if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
        var isMade = false;
        try
        {
            var (failed, unknown) = choice.Header.Origin == CohortOrigin.Ids
                ? await AddNamedAsync(name, wanted.Ids ?? [], cancellation)
                : (await AddChosenAsync(name, choice, now, cancellation), 0);
            if (failed is not null) return failed;
            reply = await host.SendAsync(CohortGrain.KeyOf(name), new CohortMessage.Fix(), cancellation);
            if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
            isMade = true;
            var header = await shelf.FindAsync(name, cancellation) ?? choice.Header;
            return TypedResults.Json(
                CohortForm.Of(name, header) with { Unknown = unknown }, WireJson.Options,
                statusCode: StatusCodes.Status201Created);
        }
        finally
        {
            // Also where the caller has gone.
            if (!isMade) await shelf.DiscardAsync(name, CancellationToken.None);
        }
    }

    private async Task<ProblemResult?> AddChosenAsync(
        string name, CohortChoice choice, Instant now, CancellationToken cancellation)
    {
        await foreach (var members in choice.MembersAsync(host, twins, now, cancellation))
        {
            if (members.Count > 0 && await AddAsync(name, members, cancellation) is { } failed) return failed;
        }
        return host.Plans.Current.Hash == choice.Plan.Hash ? null : new ProblemResult(
            ProblemKind.Conflict, "The definition was changed meanwhile, so nobody is in the cohort; make it again.");
    }

    private async Task<(ProblemResult? Failed, int Unknown)> AddNamedAsync(
        string name, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var unknown = 0;
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(CohortGrain.MaxBatch))
        {
            List<string> known = [];
            foreach (var id in some)
            {
                if (id is not null && await twins.FindAsync(id, cancellation) is { } found)
                    known.Add(found.Customer);
                else unknown++;
            }
            if (known.Count > 0 && await AddAsync(name, known, cancellation) is { } failed) return (failed, unknown);
        }
        return (null, unknown);
    }

    private async Task<ProblemResult?> AddAsync(string name, List<string> members, CancellationToken cancellation) =>
        await shelf.AddAsync(name, members, cancellation) switch
        {
            Reply.Done => null,
            CohortReply.Full full => new ProblemResult(
                ProblemKind.NotPossible,
                $"A cohort has at most {full.Limit} members, and more are chosen; tell them by a narrower rule."),
            CohortReply.Closed => new ProblemResult(
                ProblemKind.Conflict, $"The cohort '{name}' was deleted while it was being made."),
            var undone => ProblemResult.Of(undone, options),
        };

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}

/// <summary>Maps the making of cohorts.</summary>
internal static class CohortMakingEndpoint
{
    public static void MapCohortMaking(this IEndpointRouteBuilder app) =>
        app.Map(CohortRoutes.Make, MakeAsync)
            .Takes<CohortRequest>(isRequired: true, "application/json")
            .Produces<CohortForm>(StatusCodes.Status201Created).WithProblems(400, 409, 413, 422, 429, 503);

    private static async Task<Results<JsonHttpResult<CohortForm>, ProblemResult>> MakeAsync(
        HttpContext http, CohortMaking making, HttpOptions options, TimeProvider time)
    {
        var wanted = await RequestBody.ReadJsonAsync<CohortRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        return wanted is null
            ? new ProblemResult(
                ProblemKind.Malformed, "Send an object such as {\"name\": \"spring-2026\", \"segment\": \"valuable\"}.")
            : await making.MakeAsync(wanted, Instant.From(time.GetUtcNow()), http.RequestAborted);
    }
}
