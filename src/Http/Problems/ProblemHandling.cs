using System.Text.Json;
using DToC.Grains;
using DToC.Http.Limits;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Problems;

/// <summary>
/// Turns what a handler could not answer, and answers without a body, into problem details.
/// </summary>
internal static partial class ProblemHandling
{
    public static void UseProblemHandling(this IApplicationBuilder app, ILogger log, TimeSpan retryAfter) =>
        app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The sender has gone; nobody is there to be told.
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            var problem = exception is RoomExceededException full
                ? http.RequestServices.GetRequiredService<SharedRoom>().Over(full.Limit, full.Message)
                : Of(exception, retryAfter);
            if (problem.Kind == ProblemKind.Fault) Failed(log, http.Route()?.Name ?? "no route", exception);
            http.Response.Clear();
            await problem.ExecuteAsync(http);
        }
        if (!HasBody(http)) await OfStatus(http).ExecuteAsync(http);
    });

    private static ProblemResult Of(Exception exception, TimeSpan retryAfter) => exception switch
    {
        BadHttpRequestException bad =>
            new ProblemResult(ProblemTable.OfStatus(bad.StatusCode), bad.Message) { Status = bad.StatusCode },
        JsonException json => new ProblemResult(
            ProblemKind.Malformed, $"The body is not the JSON that is asked for: {json.Message}"),
        HostStoreException { Damaged: true } store => new ProblemResult(ProblemKind.Fault, $"{store.Reason}."),
        HostStoreException store => new ProblemResult(
            ProblemKind.Unavailable, $"{store.Reason}. Send it again after the time in Retry-After.")
        {
            RetryAfter = retryAfter,
        },
        _ => new ProblemResult(
            ProblemKind.Fault,
            "This is a fault of the server; its log says more. The request may be sent again."),
    };

    private static bool HasBody(HttpContext http) =>
        http.Response.StatusCode < 400 || http.Response.HasStarted
        || http.Response.ContentType is not null || http.Response.ContentLength > 0;

    private static ProblemResult OfStatus(HttpContext http)
    {
        var detail = http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound =>
                "There is nothing at this address; /docs lists all that there is.",
            StatusCodes.Status405MethodNotAllowed =>
                $"This address takes {http.Response.Headers.Allow}; /docs says more.",
            _ => "The request was not understood; /docs says what this address takes.",
        };
        return new ProblemResult(
            ProblemTable.OfStatus(http.Response.StatusCode), detail) { Status = http.Response.StatusCode };
    }

    [LoggerMessage(1, LogLevel.Error, "A request to {Route} failed.")]
    private static partial void Failed(ILogger log, string route, Exception exception);
}
