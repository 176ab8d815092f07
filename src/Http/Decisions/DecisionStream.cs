using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Routing;
using DToC.Http.Streams;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Decisions;

/// <summary><c>GET /v1/decisions</c>: next best actions as Server-Sent Events.</summary>
internal static class DecisionStream
{
    public static void MapDecisions(this IEndpointRouteBuilder app) =>
        app.Map(Routes.StreamDecisions, StreamAsync)
            .Produces<NextBestActionForm>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(400, 429, 503);

    private static Task<IResult> StreamAsync(
        HttpContext http, string? from, PublishedStream stream, ITwinHost host, TwinLookup twins, TimeProvider time)
    {
        return stream.RunAsync(http, from, new StreamForm(Topic.Decision, "next-best-action", JsonAsync));

        // Nothing of one without a winner, whose definition is not kept any more, or that may not leave any more.
        async ValueTask<string?> JsonAsync(Published published, CancellationToken cancellation)
        {
            var record = DecisionRecord.Read(Envelope.Open(published.Payload.Span));
            if (record.Winner == Decider.NoWinner || record.Inputs.Holdout
                || host.Plans.Find(record.PlanHash) is not { } plan
                || await twins.FindAsync(published.Id.Sender.Id, cancellation) is not { } twin
                || twin.FacetOf(record) is not { } facet)
            {
                return null;
            }
            var offer = plan.Decisions.Offers[record.Candidates[record.Winner].Offer];
            return DeliveryGate.MayLeave(facet, plan, offer, Instant.From(time.GetUtcNow()))
                ? JsonSerializer.Serialize(NextBestActionForm.Of(record, plan), WireJson.Options)
                : null;
        }
    }
}
