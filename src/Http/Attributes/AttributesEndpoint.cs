using System.Text.Json;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Limits;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace DToC.Http.Attributes;

/// <summary><c>POST /v1/attributes</c>: bulk enrichment.</summary>
internal static class AttributesEndpoint
{
    public static void MapAttributes(this IEndpointRouteBuilder app) =>
        app.Map(Routes.SendAttributes, HandleAsync)
            .Takes<IReadOnlyList<AttributeRecordForm>>(
            isRequired: true, "application/json", "application/x-ndjson")
            .Produces<AttributesAnswerForm>(StatusCodes.Status202Accepted)
            .WithProblems(400, 413, 415, 429, 503);

    private static async Task<IResult> HandleAsync(
        HttpContext http, AttributeIntake intake, HttpOptions options, IHostApplicationLifetime lifetime,
        TimeProvider time)
    {
        var form = http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (form is "application/x-ndjson" or "application/ndjson" or "application/jsonl")
        {
            var stream = new EventStream<AttributeAnswer>(
                options, time, (chunk, cancellation) =>
                    intake.StartAsync(chunk, options.StreamPatience, cancellation),
                static (writer, answer, line) =>
                    JsonSerializer.Serialize(writer, answer.ToForm(line), WireJson.Options));
            return await stream.RunAsync(http, lifetime.ApplicationStopping);
        }
        if (form is not (null or "application/json"))
        {
            return new ProblemResult(
                ProblemKind.UnknownForm,
                $"Content-Type '{form}' is not taken here; send application/json or application/x-ndjson.");
        }
        var body = await RequestBody.ReadAllAsync(http.Request, options.MaxBatchBytes, http.RequestAborted);
        var records = new List<IncomingEvent>();
        if (!EventBody.IsArray(body.Span)) records.Add(new IncomingEvent(body, 0, null));
        else if (EventBody.Split(body, options.MaxBatchEvents, records) is { } problem) return problem;
        if (RateHeaders.TakeEvents(http, records.Count) is { } over) return over;
        return await AnswerAsync(records, intake, options, http.RequestAborted);
    }

    private static async Task<IResult> AnswerAsync(
        List<IncomingEvent> records, AttributeIntake intake, HttpOptions options,
        CancellationToken cancellation)
    {
        var answers = new List<AttributeAnswer>(records.Count);
        for (var from = 0; from < records.Count; from += options.ChunkEvents)
        {
            var chunk = records.GetRange(from, Math.Min(options.ChunkEvents, records.Count - from));
            answers.AddRange(await await intake.StartAsync(chunk, TimeSpan.Zero, cancellation));
        }
        if (answers.Count > 0 && answers.TrueForAll(answer => answer.Reply is not null))
        {
            return ProblemResult.Of(answers[0].Reply!, options); // just asked
        }
        var form = new AttributesAnswerForm(
            answers.Count(answer => answer.Status == AnswerStatus.Accepted),
            answers.Count(answer => answer.Status == AnswerStatus.Refused),
            answers.Count(answer => answer.Status == AnswerStatus.Retry),
            [.. answers.Select(answer => answer.ToForm(line: null))]);
        return TypedResults.Json(form, WireJson.Options, statusCode: StatusCodes.Status202Accepted);
    }
}
