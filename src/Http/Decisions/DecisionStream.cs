using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Routing;
using DToC.Http.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Decisions;

/// <summary><c>GET /v1/decisions</c>: next best actions as Server-Sent Events.</summary>
internal static class DecisionStream
{
    public static void MapDecisions(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.StreamDecisions, StreamAsync)
            .Produces<NextBestActionForm>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(400, 429, 503);
        app.MapDecisionPages();
    }

    private static Task<IResult> StreamAsync(
        HttpContext http, string? from, PublishedStream stream, LeavingDecisions leaving) =>
        stream.RunAsync(http, from, new StreamForm(
            Topic.Decision, "next-best-action", async (published, cancellation) =>
                await leaving.ReadAsync(published.Id, published.Payload, cancellation) is { } decision
                    ? JsonSerializer.Serialize(decision, WireJson.Options) : null));
}
