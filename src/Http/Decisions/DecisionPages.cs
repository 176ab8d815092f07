using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Decisions;

/// <summary>A decision in a page.</summary>
/// <param name="Cursor">Ask with it as <c>after</c> for those behind this one.</param>
/// <param name="Decision">The decision.</param>
internal sealed record PagedDecision(string Cursor, NextBestActionForm Decision);

/// <summary>A page of decisions.</summary>
/// <param name="Decisions">In the order of each customer.</param>
/// <param name="Next">Ask with it as <c>after</c> later; what was passed over does not come again.</param>
internal sealed record DecisionPage(IReadOnlyList<PagedDecision> Decisions, string Next);

/// <summary><c>GET /v1/decisions/pages</c>: next best actions for receivers that ask from time to time.</summary>
internal static class DecisionPages
{
    /// <summary>Most decisions in an answer.</summary>
    public const int MaxPage = 1_000;

    private const int MostLookedAt = 10_000;

    // Long enough for a page from disk on a busy machine; an answer that has come is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    public static void MapDecisionPages(this IEndpointRouteBuilder app) =>
        app.Map(DeliveryRoutes.Pages, ReadAsync).Produces<DecisionPage>().WithProblems(400, 429, 503);

    private static async Task<Results<JsonHttpResult<DecisionPage>, ProblemResult>> ReadAsync(
        string? after, int? limit, HttpContext http, ITwinHost host, LeavingDecisions leaving)
    {
        if (limit is < 1)
            return new ProblemResult(ProblemKind.Malformed, $"limit is {limit}; it must be 1 to {MaxPage}.");
        var most = Math.Min(limit ?? 100, MaxPage);
        var next = string.IsNullOrEmpty(after) ? Published.Beginning : after;
        List<PagedDecision> found = [];
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        try
        {
            await using var published = host.SubscribeAsync(Topic.Decision, next, ending.Token)
                .GetAsyncEnumerator(ending.Token);
            for (var looked = 0; found.Count < most && looked < MostLookedAt; looked++)
            {
                var coming = published.MoveNextAsync().AsTask();
                // What there is comes at once; nothing more is waited for.
                if (!coming.IsCompleted
                    && await Task.WhenAny(coming, Task.Delay(Patience, http.RequestAborted)) != coming)
                {
                    await ending.CancelAsync();
                    await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
                }
                if (!await coming) break;
                next = published.Current.Cursor;
                if (await leaving.ReadAsync(published.Current.Id, published.Current.Payload, http.RequestAborted)
                    is { } decision)
                {
                    found.Add(new PagedDecision(next, decision));
                }
            }
        }
        catch (FormatException)
        {
            return new ProblemResult(
                ProblemKind.Malformed,
                "after is not one of this server's; send the 'next' of an earlier page, or leave it out.");
        }
        return TypedResults.Json(new DecisionPage(found, next), WireJson.Options);
    }
}
