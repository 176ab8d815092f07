using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Limits;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DToC.Http.Events;

/// <summary><c>POST /v1/events</c> in all its forms.</summary>
internal static class EventsEndpoint
{
    private const string Forms =
        "application/json (an event or an array), application/x-ndjson, application/cloudevents+json, "
        + "application/cloudevents-batch+json, or CloudEvents headers (ce-id, ce-type, ...) with "
        + "application/json";

    public static void MapEvents(this IEndpointRouteBuilder app)
    {
        var endpoint = ActivatorUtilities.CreateInstance<EventSubmission>(app.ServiceProvider);
        var stopping = app.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        app.Map(Routes.SendEvents, (HttpContext http) => HandleAsync(http, endpoint, stopping))
            .Takes<EventForm>(isRequired: true,
                "application/json", "application/x-ndjson", "application/cloudevents+json",
                "application/cloudevents-batch+json")
            .Produces<EventsAnswerForm>(StatusCodes.Status202Accepted)
            .WithProblems(400, 413, 415, 422, 429, 503);
    }

    private static async Task<IResult> HandleAsync(
        HttpContext http, EventSubmission submission, CancellationToken stopping)
    {
        var request = http.Request;
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
        {
            return new ProblemResult(ProblemKind.UnknownForm, "Send the body without Content-Encoding.");
        }
        var form = MediaTypeOf(request);
        if (form is "application/x-ndjson" or "application/ndjson" or "application/jsonl")
        {
            return await submission.StreamAsync(http, stopping);
        }
        var isBinary = BinaryCloudEvent.Is(request);
        var isBatch = form == "application/cloudevents-batch+json";
        var isCloudEvent = isBatch || form == "application/cloudevents+json";
        if (form is not (null or "application/json" or "text/json") && !isCloudEvent)
        {
            return new ProblemResult(
                ProblemKind.UnknownForm, $"Content-Type '{form}' is not taken here; send {Forms}.");
        }
        var body = await RequestBody.ReadAllAsync(request, submission.MaxBatchBytes, http.RequestAborted);
        if (isBinary && !isCloudEvent)
        {
            return await submission.BinaryAsync(http, body);
        }
        if (EventBody.IsArray(body.Span))
        {
            return await submission.BatchAsync(http, body, isCloudEvent);
        }
        if (isBatch)
        {
            return new ProblemResult(ProblemKind.Malformed, "A CloudEvents batch is an array of events.");
        }
        var refusal = isCloudEvent ? EventBody.CheckCloudEvent(body.Span) : null;
        return await submission.SingleAsync(http, new IncomingEvent(body, 0, refusal));
    }

    private static string? MediaTypeOf(HttpRequest request)
    {
        if (request.ContentType is not { } type) return null;
        var end = type.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? type : type[..end]).Trim().ToLowerInvariant();
    }
}

/// <summary>Submits events in the forms a request may have.</summary>
internal sealed class EventSubmission(EventIntake intake, HttpOptions options, TimeProvider time)
{
    public int MaxBatchBytes => options.MaxBatchBytes;

    /// <summary>A stream of lines.</summary>
    public Task<IResult> StreamAsync(HttpContext http, CancellationToken stopping)
    {
        var mode = IntakeMode.Of(http, options.StreamPatience, isBulk: true);
        var stream = new EventStream<EventAnswer>(
            options, time, (chunk, cancellation) => intake.StartAsync(chunk, mode, cancellation),
            static (writer, answer, line) => answer.Write(writer, line));
        return stream.RunAsync(http, stopping);
    }

    /// <summary>One event: refused as a problem, else as a batch of one.</summary>
    public async Task<IResult> SingleAsync(HttpContext http, IncomingEvent incoming)
    {
        if (RateHeaders.TakeEvents(http, 1) is { } over) return over;
        var mode = IntakeMode.Of(http, TimeSpan.Zero, isBulk: false);
        var answers = await await intake.StartAsync([incoming], mode, http.RequestAborted);
        var answer = answers[0];
        return answer.Status switch
        {
            AnswerStatus.Refused => Refusal(answer),
            AnswerStatus.Retry => Undone(http, answer.Reply ?? new Reply.Busy(options.RetryAfterLimit)),
            _ => new EventsResult(answers),
        };
    }

    /// <summary>A CloudEvent in binary mode.</summary>
    public async Task<IResult> BinaryAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        var json = BinaryCloudEvent.ToStructured(http.Request.Headers, body);
        return await SingleAsync(http, new IncomingEvent(json, 0, EventBody.CheckCloudEvent(json.Span)));
    }

    /// <summary>An array of events, in chunks, a bounded number of them at a time.</summary>
    public async Task<IResult> BatchAsync(HttpContext http, ReadOnlyMemory<byte> body, bool isCloudEvents)
    {
        var events = new List<IncomingEvent>();
        if (EventBody.Split(body, options.MaxBatchEvents, events) is { } problem)
        {
            if (events.Count == options.MaxBatchEvents) RequestHold.Of(http).Room.Meters.Count(Limit.BatchEvents);
            return problem;
        }
        if (RateHeaders.TakeEvents(http, events.Count) is { } over) return over;
        var mode = IntakeMode.Of(http, TimeSpan.Zero, isBulk: true);
        if (isCloudEvents)
        {
            for (var i = 0; i < events.Count; i++)
            {
                events[i] = events[i] with { Refusal = EventBody.CheckCloudEvent(events[i].Json.Span) };
            }
        }
        var answers = new List<EventAnswer>(events.Count);
        var underWay = new Queue<Task<EventAnswer[]>>();
        for (var from = 0; from < events.Count; from += options.ChunkEvents)
        {
            if (underWay.Count >= options.MaxEventsInFlight / options.ChunkEvents)
            {
                answers.AddRange(await underWay.Dequeue());
            }
            var chunk = events.GetRange(from, Math.Min(options.ChunkEvents, events.Count - from));
            underWay.Enqueue(await intake.StartAsync(chunk, mode, http.RequestAborted));
        }
        while (underWay.TryDequeue(out var last)) answers.AddRange(await last);
        var isNothingDone = answers.Count > 0
            && answers.TrueForAll(answer => answer.Status == AnswerStatus.Retry);
        return isNothingDone && answers[0].Reply is { } reply ? Undone(http, reply)
            : new EventsResult(answers);
    }

    private ProblemResult Undone(HttpContext http, Reply reply)
    {
        if (reply is Reply.Busy) RequestHold.Of(http).Room.Meters.Count(Limit.Host);
        return ProblemResult.Of(reply, options);
    }

    private static ProblemResult Refusal(in EventAnswer answer)
    {
        var kind = answer.Problem switch
        {
            EventProblem.Malformed => ProblemKind.Malformed,
            EventProblem.OverLimit => ProblemKind.OverLimit,
            EventProblem.MissingField => ProblemKind.Malformed,
            _ => ProblemKind.EventRefused,
        };
        return new ProblemResult(kind, $"{answer.Reason}.")
        {
            More = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["reason"] = answer.Code,
                ["field"] = answer.Field,
                ["id"] = answer.Id,
            },
        };
    }
}
