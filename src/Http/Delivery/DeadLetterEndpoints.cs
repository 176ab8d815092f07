using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Delivery;

/// <summary><c>/v1/destinations/{name}/dead-letters</c>: list, replay, discard.</summary>
internal static class DeadLetterEndpoints
{
    private const int MaxPage = 500;
    private const int MaxIds = 500;

    public static void MapDeadLetters(this IEndpointRouteBuilder app)
    {
        app.Map(DeliveryRoutes.ListDead, ListAsync).Produces<DeadLettersForm>().WithProblems(400, 404);
        app.Map(DeliveryRoutes.ReplayDead, ReplayAsync)
            .Takes<DeadLetterChoice>(isRequired: false, "application/json")
            .Produces<DeadLetterCount>().WithProblems(400, 404, 413, 422, 429, 503);
        app.Map(DeliveryRoutes.DiscardDead, DiscardAsync)
            .Takes<DeadLetterChoice>(isRequired: false, "application/json")
            .Produces<DeadLetterCount>().WithProblems(400, 404, 413, 422, 429, 503);
    }

    private static async Task<Results<JsonHttpResult<DeadLettersForm>, ProblemResult>> ListAsync(
        string name, string? reason, int? limit, string? after, HttpContext http, DestinationDesk desk, ITwinHost host)
    {
        if (limit is < 1)
            return new ProblemResult(ProblemKind.Malformed, $"limit is {limit}; it must be 1 to {MaxPage}.");
        if (after is not null && NumberOf(after) is null)
            return new ProblemResult(ProblemKind.Malformed, "after must be the 'next' of an earlier page.");
        if (await desk.FindAsync(name, http.RequestAborted) is not { } destination)
            return DestinationDesk.NotFound(name);
        var most = Math.Min(limit ?? 100, MaxPage);
        var found = new List<DeadLetterForm>();
        string? next = null;
        for (var from = after is null ? KeptDelivery.RowOf(KeptDelivery.Dead, 0) : after + "~"; ;)
        {
            var rows = await host.ReadRowsAsync(DeliveriesGrain.KeyOf(name), from, MaxPage, http.RequestAborted);
            foreach (var row in rows.TakeWhile(row => row.Row[0] == KeptDelivery.Dead))
            {
                var kept = KeptDelivery.FromBytes(row.Value);
                if (reason is not null && kept.Reason != reason) continue;
                if (found.Count == most)
                {
                    next = found[^1].Id;
                    break;
                }
                found.Add(FormOf(row.Row, kept));
            }
            // Letters of those that wait come behind those of dead ones.
            if (next is not null || rows.Count < MaxPage || rows[^1].Row[0] != KeptDelivery.Dead) break;
            from = rows[^1].Row + "~";
        }
        var total = desk.FormOf(destination).Status.DeadLetters;
        return TypedResults.Json(
            new DeadLettersForm(found, total, DeliveriesGrain.MaxDead, next), WireJson.Options);
    }

    private static Task<Results<JsonHttpResult<DeadLetterCount>, ProblemResult>> ReplayAsync(
        string name, HttpContext http, DestinationDesk desk, HttpOptions options) =>
        ForAsync(name, http, desk, options, which => new DeliveriesMessage.Replay(which));

    private static Task<Results<JsonHttpResult<DeadLetterCount>, ProblemResult>> DiscardAsync(
        string name, HttpContext http, DestinationDesk desk, HttpOptions options) =>
        ForAsync(name, http, desk, options, which => new DeliveriesMessage.Discard(which));

    private static async Task<Results<JsonHttpResult<DeadLetterCount>, ProblemResult>> ForAsync(
        string name, HttpContext http, DestinationDesk desk, HttpOptions options,
        Func<DeadLetters, DeliveriesMessage> message)
    {
        var choice = await RequestBody.ReadJsonAsync<DeadLetterChoice>(
            http.Request, options.MaxBodyBytes, http.RequestAborted) ?? new DeadLetterChoice(null, null);
        if (choice.Ids is { Count: > MaxIds })
            return new ProblemResult(ProblemKind.NotPossible, $"ids may be {MaxIds} at most; leave them out for all.");
        if (choice.Ids?.FirstOrDefault(id => NumberOf(id) is null) is { } wrong)
            return new ProblemResult(ProblemKind.NotPossible, $"'{wrong}' is not the id of a dead letter.");
        if (await desk.FindAsync(name, http.RequestAborted) is null) return DestinationDesk.NotFound(name);
        var numbers = choice.Ids?.Select(id => NumberOf(id).GetValueOrDefault()).ToList();
        var (problem, count) = await desk.ForDeadAsync(
            name, message(new DeadLetters(numbers, choice.Reason)), http.RequestAborted);
        return problem is not null ? problem : TypedResults.Json(count, WireJson.Options);
    }

    private static DeadLetterForm FormOf(string row, KeptDelivery kept) => new(
        row, OutgoingMessages.IdOf(kept.Effect),
        kept.Topic switch
        {
            Topic.Decision => DeliveryTopic.Decisions,
            Topic.Consent => DeliveryTopic.ConsentNotices,
            _ => DeliveryTopic.Erasures,
        },
        kept.Reason, kept.Attempts, kept.Since, kept.At,
        kept.At.PlusMs(DeliveriesGrain.KeptDays * Instant.DayMs));

    private static long? NumberOf(string id)
    {
        try
        {
            return id.Length == 17 && id[0] == KeptDelivery.Dead ? KeptDelivery.NumberOf(id) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
