using System.Text.Json;
using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Events;
using DToC.Http.Hypothetical;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Streams;
using DToC.Http.Twins;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Erasures;

/// <summary><c>DELETE /v1/twins/{id}</c>, its receipts, and the notices to other systems.</summary>
internal static class ErasureEndpoints
{
    private const int MaxPage = 1_000;
    private const string Example = "2026-03-01T12:00:00Z";

    public static void MapErasures(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.EraseTwin, EraseAsync).Produces<ErasureForm>().WithProblems(404, 410, 429, 503);
        app.Map(Routes.ReadErasure, ReadAsync).Produces<ErasureForm>().WithProblems(404);
        app.Map(Routes.ListErasures, ListAsync).Produces<ErasuresForm>().WithProblems(400);
        app.Map(Routes.Readmit, ReadmitAsync).Produces<ReadmissionForm>().WithProblems(400, 404, 409, 422, 503);
        app.Map(Routes.StreamErasures, StreamAsync)
            .Produces<ErasureNoticeForm>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(400, 429, 503);
    }

    private static async Task<Results<JsonHttpResult<ErasureForm>, ProblemResult>> EraseAsync(
        string id, HttpContext http, TwinLookup twins, ITwinHost host, IdentityMemory identities,
        HypothesisShelf hypotheses, HttpOptions options)
    {
        var customer = TwinLookup.IdOf(id);
        if (!TwinLookup.IsId(customer, options)) return twins.NotFound(id);
        if (host.IsErased(GrainKey.Customer(customer))) return twins.NotFound(id);
        var subject = await CustomerSubject.FindAsync(host, host.Plans, customer, http.RequestAborted);
        if (!await IsKeptAsync(host, subject, http.RequestAborted)) return twins.NotFound(id);
        try
        {
            var receipt = await host.EraseAsync(subject, http.KeyName(), http.RequestAborted);
            identities.Forget(subject);
            return TypedResults.Json(ErasureForm.Of(receipt, null), WireJson.Options);
        }
        catch (HostStoreException exception)
        {
            return new ProblemResult(ProblemKind.Unavailable,
                $"{exception.Message} What was begun goes on by itself; ask again for the receipt.")
            {
                RetryAfter = options.RetryAfterUnavailable,
            };
        }
        finally
        {
            // Complete or not, the customer is closed.
            hypotheses.Forget(subject);
        }
    }

    private static async ValueTask<bool> IsKeptAsync(
        ITwinHost host, DataSubject subject, CancellationToken cancellation)
    {
        await foreach (var _ in host.ReadKeptAsync(subject, cancellation)) return true;
        return false;
    }

    private static async Task<Results<JsonHttpResult<ErasureForm>, ProblemResult>> ReadAsync(
        string token, HttpContext http, ITwinHost host)
    {
        if (!IsToken(token) || await host.ReadRowAsync(ErasuresGrain.Key, token, http.RequestAborted) is not { } row)
            return NoSuch();
        return TypedResults.Json(await FormAsync(host, row, http.RequestAborted), WireJson.Options);
    }

    private static async ValueTask<ErasureForm> FormAsync(
        ITwinHost host, ReadOnlyMemory<byte> row, CancellationToken cancellation)
    {
        var receipt = ErasureReceipt.FromBytes(row.Span);
        return ErasureForm.Of(receipt, await host.FindReadmissionAsync(receipt.Token, cancellation));
    }

    private static async Task<Results<JsonHttpResult<ReadmissionForm>, ProblemResult>> ReadmitAsync(
        string token, string? since, HttpContext http, ITwinHost host, HttpOptions options)
    {
        var from = default(Instant);
        if (since is not null && !InstantJson.TryParse(since, out from))
            return new ProblemResult(ProblemKind.Malformed, $"since is '{since}'; give a time such as {Example}.");
        if (!IsToken(token)) return NoSuch();
        try
        {
            var answer = await host.ReadmitAsync(
                token, since is null ? null : from, http.KeyName(), http.RequestAborted);
            return answer switch
            {
                ReadmissionAnswer.Readmitted { Readmission: var done } =>
                    TypedResults.Json(ReadmissionForm.Of(done), WireJson.Options),
                ReadmissionAnswer.UnderWay => new ProblemResult(
                    ProblemKind.Conflict, "The erasure is not complete; ask for its receipt, and then again."),
                ReadmissionAnswer.OutOfRange range => new ProblemResult(
                    ProblemKind.NotPossible,
                    $"since is {from}; it must lie between {range.Earliest}, when they were erased, and now, "
                    + $"{range.Latest}."),
                _ => NoSuch(),
            };
        }
        catch (HostStoreException exception)
        {
            return new ProblemResult(ProblemKind.Unavailable, exception.Message)
            {
                RetryAfter = options.RetryAfterUnavailable,
            };
        }
    }

    private static bool IsToken(string token) => token.Length is > 0 and <= 64;

    private static ProblemResult NoSuch() =>
        new(ProblemKind.NotFound, "No erasure has this token; it is in the receipt.");

    private static async Task<Results<JsonHttpResult<ErasuresForm>, ProblemResult>> ListAsync(
        int? limit, string? after, HttpContext http, ITwinHost host)
    {
        if (limit is < 1)
            return new ProblemResult(ProblemKind.Malformed, $"limit is {limit}; it must be 1 to {MaxPage}.");
        var count = Math.Min(limit ?? 100, MaxPage);
        // '~' sorts behind every character of a token.
        var rows = await host.ReadRowsAsync(
            ErasuresGrain.Key, after is null ? "" : after + "~", count, http.RequestAborted);
        List<ErasureForm> erasures = new(rows.Count);
        foreach (var row in rows) erasures.Add(await FormAsync(host, row.Value, http.RequestAborted));
        return TypedResults.Json(
            new ErasuresForm(erasures, rows.Count == count ? rows[^1].Row : null), WireJson.Options);
    }

    private static Task<IResult> StreamAsync(HttpContext http, string? from, PublishedStream stream) =>
        stream.RunAsync(http, from, new StreamForm(Topic.Erasure, "erasure", static (published, _) =>
            new ValueTask<string?>(
                JsonSerializer.Serialize(ErasureNoticeForm.Of(published.Payload), WireJson.Options))));
}
