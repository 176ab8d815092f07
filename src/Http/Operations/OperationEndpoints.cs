using System.Globalization;
using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Delivery;
using DToC.Http.Delivery.Amqp;
using DToC.Http.Json;
using DToC.Http.Limits;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Operations;

/// <summary>Whether all is well.</summary>
/// <param name="Status">live or ready.</param>
/// <param name="Warning">What will be a problem if nobody acts, or null.</param>
internal sealed record HealthForm(
    string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning = null);

/// <summary><c>/health/*</c> and <c>/metrics</c>.</summary>
internal static class OperationEndpoints
{
    public static void MapOperation(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.Live, () => TypedResults.Json(new HealthForm("live"), WireJson.Options))
            .Produces<HealthForm>();
        app.Map(Routes.Ready, Ready).Produces<HealthForm>().WithProblems(503);
        app.Map(Routes.Metrics, Metrics).Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    private static Results<JsonHttpResult<HealthForm>, ProblemResult> Ready(
        ITwinHost host, HttpOptions options)
    {
        var status = host.Status();
        if (status.Ready) return TypedResults.Json(new HealthForm("ready", WarningOf(status.Disk)), WireJson.Options);
        return new ProblemResult(
            ProblemKind.Unavailable, $"{status.Problem}.") { RetryAfter = options.RetryAfterUnavailable };
    }

    private static string? WarningOf(DiskStatus? disk) => disk switch
    {
        { Problem: { } problem } => problem,
        { IsLow: true, FreeBytes: { } free } => string.Create(
            CultureInfo.InvariantCulture, $"only {free} bytes are free on the volume of the data folder"),
        _ => null,
    };

    private static ContentHttpResult Metrics(
        ITwinHost host, ApiMeters meters, SharedRoom room, DeliveryEngine deliveries, IntakeEngine intakes,
        TimeProvider time)
    {
        var text = new MetricsText();
        meters.Write(text);
        room.Write(text);
        HostMetrics.Write(text, host.Status());
        DeliveryMetrics.Write(text, deliveries.Status(), intakes.List(), Instant.From(time.GetUtcNow()));
        return TypedResults.Text(text.ToString(), MetricsText.MediaType);
    }
}
