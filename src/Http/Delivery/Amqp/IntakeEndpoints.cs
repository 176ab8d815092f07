using System.Text;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Delivery.Amqp;

/// <summary><c>/v1/intakes</c>: where events are fetched from.</summary>
internal static class IntakeEndpoints
{
    private const int MaxPrefetch = 2_000;
    private const int MaxTextChars = 500;

    public static void MapIntakes(this IEndpointRouteBuilder app)
    {
        app.Map(DeliveryRoutes.ListIntakes, List).Produces<IntakesForm>();
        app.Map(DeliveryRoutes.CreateIntake, CreateAsync)
            .Takes<IntakeRequest>(isRequired: true, "application/json")
            .Produces<IntakeForm>(StatusCodes.Status201Created).WithProblems(400, 409, 413, 422, 429, 503);
        app.Map(DeliveryRoutes.DeleteIntake, DeleteAsync).Produces(StatusCodes.Status204NoContent)
            .WithProblems(404, 429, 503);
    }

    private static JsonHttpResult<IntakesForm> List(IntakeEngine engine) =>
        TypedResults.Json(new IntakesForm(engine.List()), WireJson.Options);

    private static async Task<Results<JsonHttpResult<IntakeForm>, ProblemResult>> CreateAsync(
        HttpContext http, ConnectorTable table, IntakeEngine engine, HttpOptions options, TimeProvider time)
    {
        var wanted = await RequestBody.ReadJsonAsync<IntakeRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (Problem(wanted) is { } wrong) return new ProblemResult(ProblemKind.NotPossible, wrong);
        if (wanted is not { Name: { } name }) throw new InvalidOperationException("What has no problem has a name.");
        var connector = new Connector(
            ConnectorRole.Intake, name, JsonSerializer.SerializeToUtf8Bytes<IntakeSettings>(wanted, WireJson.Options))
        {
            Created = Instant.From(time.GetUtcNow()),
            Secrets = wanted.Password is { } password
                ? [new ConnectorSecret(Destination.PasswordName, Encoding.UTF8.GetBytes(password), Instant.Forever)]
                : [],
        };
        switch (await table.SendAsync(new ConnectorsMessage.Put(connector, IsNew: true), http.RequestAborted))
        {
            case Reply.Done:
                await engine.ApplyAsync(name, CancellationToken.None);
                var form = engine.List().First(intake => intake.Name == name);
                return TypedResults.Json(form, WireJson.Options, statusCode: StatusCodes.Status201Created);
            case ConnectorsReply.Taken:
                return new ProblemResult(
                    ProblemKind.Conflict, $"There is an intake '{name}' already; delete it, or take another name.");
            case ConnectorsReply.Full full:
                return new ProblemResult(
                    ProblemKind.Conflict, $"There are {full.Limit} destinations and intakes, which is the most.");
            case var undone:
                return ProblemResult.Of(undone, options);
        }
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string name, HttpContext http, ConnectorTable table, IntakeEngine engine, HttpOptions options)
    {
        var reply = DestinationCheck.IsName(name)
            ? await table.SendAsync(new ConnectorsMessage.Remove(ConnectorRole.Intake, name), http.RequestAborted)
            : new ConnectorsReply.Unknown(name);
        if (reply is ConnectorsReply.Unknown)
            return new ProblemResult(ProblemKind.NotFound, $"There is no intake '{name}'; GET /v1/intakes lists them.");
        if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
        await engine.ApplyAsync(name, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static string? Problem(IntakeRequest? wanted)
    {
        if (!DestinationCheck.IsName(wanted?.Name)) return "name must have 1 to 64 of a-z, 0-9 and hyphens.";
        if (DestinationCheck.AddressProblem(wanted?.Url, ["amqps", "amqp"]) is { } wrong) return wrong;
        if (wanted?.Queue is not { Length: > 0 and <= 255 }) return "queue must have 1 to 255 characters.";
        if (wanted.Prefetch is < 1 or > MaxPrefetch)
            return $"prefetch is {wanted.Prefetch}; it must be 1 to {MaxPrefetch}.";
        if (wanted.DeadLetterExchange is null)
            return "deadLetterExchange must name the exchange for refused messages; empty is the default one.";
        if (wanted.DeadLetterExchange.Length == 0 && (wanted.DeadLetterRoutingKey ?? wanted.Queue) == wanted.Queue)
            return "By the default exchange refused messages need another queue: name it as deadLetterRoutingKey.";
        return wanted.Description?.Length > MaxTextChars || wanted.Password?.Length > 1_024
            || Encoding.UTF8.GetByteCount(wanted.DeadLetterExchange) > 127 || wanted.DeadLetterRoutingKey?.Length > 255
            ? "description, password, deadLetterExchange or deadLetterRoutingKey is too long." : null;
    }
}
