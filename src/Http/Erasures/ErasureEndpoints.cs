using System.Text.Json;
using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Streams;
using DToC.Http.Twins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Erasures;

/// <summary><c>DELETE /v1/twins/{id}</c>, its receipts, and the notices to other systems.</summary>
internal static class ErasureEndpoints
{
    private const int MaxPage = 1_000;

    public static void MapErasures(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.EraseTwin, EraseAsync).Produces<ErasureForm>().WithProblems(404, 410, 429, 503);
        app.Map(Routes.ReadErasure, ReadAsync).Produces<ErasureForm>().WithProblems(404);
        app.Map(Routes.ListErasures, ListAsync).Produces<ErasuresForm>().WithProblems(400);
        app.Map(Routes.StreamErasures, StreamAsync)
            .Produces<ErasureNoticeForm>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(400, 429, 503);
    }

    private static async Task<Results<JsonHttpResult<ErasureForm>, ProblemResult>> EraseAsync(
        string id, HttpContext http, TwinLookup twins, ITwinHost host, IdentityLookup identities,
        HttpOptions options)
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
            return TypedResults.Json(ErasureForm.Of(receipt), WireJson.Options);
        }
        catch (HostStoreException exception)
        {
            return new ProblemResult(ProblemKind.Unavailable,
                $"{exception.Message} What was begun goes on by itself; ask again for the receipt.")
            {
                RetryAfter = options.RetryAfterUnavailable,
            };
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
        var row = token.Length is > 0 and <= 64
            ? await host.ReadRowAsync(ErasuresGrain.Key, token, http.RequestAborted) : null;
        return row is { } value
            ? TypedResults.Json(ErasureForm.Of(ErasureReceipt.FromBytes(value.Span)), WireJson.Options)
            : new ProblemResult(ProblemKind.NotFound, "No erasure has this token; it is in the receipt.");
    }

    private static async Task<Results<JsonHttpResult<ErasuresForm>, ProblemResult>> ListAsync(
        int? limit, string? after, HttpContext http, ITwinHost host)
    {
        if (limit is < 1)
            return new ProblemResult(ProblemKind.Malformed, $"limit is {limit}; it must be 1 to {MaxPage}.");
        var count = Math.Min(limit ?? 100, MaxPage);
        // '~' sorts behind every character of a token.
        var rows = await host.ReadRowsAsync(
            ErasuresGrain.Key, after is null ? "" : after + "~", count, http.RequestAborted);
        return TypedResults.Json(
            new ErasuresForm(
                [.. rows.Select(row => ErasureForm.Of(ErasureReceipt.FromBytes(row.Value.Span)))],
                rows.Count == count ? rows[^1].Row : null),
            WireJson.Options);
    }

    private static Task<IResult> StreamAsync(HttpContext http, string? from, PublishedStream stream) =>
        stream.RunAsync(http, from, new StreamForm(Topic.Erasure, "erasure", static (published, _) =>
        {
            var receipt = ErasureReceipt.FromBytes(published.Payload.Span);
            var form = new ErasureNoticeForm(receipt.Token, receipt.At, receipt.Subjects);
            return new ValueTask<string?>(JsonSerializer.Serialize(form, WireJson.Options));
        }));
}
