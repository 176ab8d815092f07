using DToC.Grains;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Quarantine;

/// <summary><c>/v1/quarantine</c>: list, read, repair and replay, forget.</summary>
internal static class QuarantineEndpoints
{
    public static void MapQuarantine(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.ListQuarantine, ListAsync).Produces<QuarantinePage>().WithProblems(400);
        app.Map(Routes.ReadQuarantine, ReadAsync).Produces<QuarantinedForm>().WithProblems(404);
        app.Map(Routes.ReplayQuarantine, ReplayAsync)
            .Takes<EventForm>(isRequired: false, "application/json").Produces<EventAnswerForm>()
            .WithProblems(400, 404, 413, 422, 429, 503);
        app.Map(Routes.DeleteQuarantine, DeleteAsync).Produces(StatusCodes.Status204NoContent)
            .WithProblems(404, 429, 503);
    }

    private static async Task<Results<JsonHttpResult<QuarantinePage>, ProblemResult>> ListAsync(
        string? source, int? limit, string? after, HttpContext http, QuarantineShelf shelf,
        HttpOptions options)
    {
        if (limit is < 1)
        {
            return new ProblemResult(
                ProblemKind.Malformed, $"limit is {limit}; it must be 1 to {options.MaxQuarantinePage}.");
        }
        if (after is not null && !QuarantinedEvent.TryParseId(after, out _, out _))
        {
            return new ProblemResult(ProblemKind.Malformed, "after must be the 'next' of an earlier page.");
        }
        var page = await shelf.ListAsync(
            source, Math.Min(limit ?? 100, options.MaxQuarantinePage), after, http.RequestAborted);
        return TypedResults.Json(page, WireJson.Options);
    }

    private static async Task<Results<JsonHttpResult<QuarantinedForm>, ProblemResult>> ReadAsync(
        string id, HttpContext http, QuarantineShelf shelf) =>
        await shelf.FindAsync(id, http.RequestAborted) is { } kept
            ? TypedResults.Json(QuarantinedForm.Of(kept), WireJson.Options)
            : NotFound(id);

    private static async Task<Results<JsonHttpResult<EventAnswerForm>, ProblemResult>> ReplayAsync(
        string id, HttpContext http, QuarantineShelf shelf, EventIntake intake, ITwinHost host,
        HttpOptions options)
    {
        var repaired =
            await RequestBody.ReadAllAsync(http.Request, options.Events.MaxEventBytes, http.RequestAborted);
        if (await shelf.FindAsync(id, http.RequestAborted) is not { } kept) return NotFound(id);
        var json = repaired.IsEmpty ? kept.Json : repaired;
        // An event without a time happened when it first came; one whose time was absurd is judged by the
        // clock of today.
        Instant? receivedAt = kept.Problem == EventProblem.AbsurdTime ? null : kept.ReceivedAt;
        var mode = new IntakeMode(TimeSpan.Zero, MayQuarantine: false, receivedAt);
        var answer =
            (await await intake.StartAsync([new IncomingEvent(json, 0, null)], mode, http.RequestAborted))[0];
        if (answer.Reply is { } undone) return ProblemResult.Of(undone, options);
        if (answer.Status == AnswerStatus.Refused)
        {
            return new ProblemResult(
                ProblemKind.EventRefused,
                $"{answer.Reason}. The event stays in quarantine; repair it in the body.")
            {
                More = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["reason"] = answer.Code,
                    ["field"] = answer.Field,
                },
            };
        }
        var removed = await shelf.RemoveAsync(id, http.RequestAborted);
        if (removed is not QuarantineReply.Removed) return ProblemResult.Of(removed, options);
        return TypedResults.Json(
            new EventAnswerForm(Line: null, answer.Id, answer.Status, answer.Customer, answer.Reason),
            WireJson.Options);
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, HttpContext http, QuarantineShelf shelf, HttpOptions options) =>
        await shelf.RemoveAsync(id, http.RequestAborted) switch
        {
            QuarantineReply.Removed { Found: true } => TypedResults.NoContent(),
            QuarantineReply.Removed => NotFound(id),
            var undone => ProblemResult.Of(undone, options),
        };

    private static ProblemResult NotFound(string id) => new(
        ProblemKind.NotFound,
        $"No event '{id}' waits in quarantine: it was replayed or deleted, or its {QuarantineGrain.KeptDays} "
        + "days are over.");
}
