using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace DToC.Cli.Sending;

/// <summary>
/// Sends batches as NDJSON to <c>POST /v1/events</c>. A busy server (429, 503) is waited for as it asks; a
/// lost connection or a failing server is tried again for as long as <paramref name="patience"/>; of a
/// half-answered batch only the rest goes out again.
/// </summary>
/// <param name="http">
/// Client whose base address is the server's, and that sends a key with the scope <c>ingest</c> along;
/// disposed with the sink.
/// </param>
/// <param name="patience">How long to try without a single answer before giving up.</param>
/// <param name="time">The clock that waiting goes by.</param>
internal sealed class HttpSink(HttpClient http, TimeSpan patience, TimeProvider time) : EventSink
{
    /// <summary>How often in a row a busy server is waited for.</summary>
    public const int MaxBusyAnswers = 1_000;

    private const int MaxProblemChars = 300;

    private static readonly Uri Path = new("v1/events", UriKind.Relative);
    private static readonly TimeSpan RequestDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<EventOutcome>> Send(EventBatch batch, CancellationToken cancellation)
    {
        var outcomes = new List<EventOutcome>(batch.Lines.Count);
        var busy = 0;
        var wait = FirstWait;
        var lastAnswer = time.GetTimestamp();
        while (outcomes.Count < batch.Lines.Count)
        {
            var before = outcomes.Count;
            var (trouble, retryAfter) = await TryOnce(batch, outcomes, cancellation);
            if (outcomes.Count > before)
                (busy, wait, lastAnswer) = (0, FirstWait, time.GetTimestamp());
            if (outcomes.Count == batch.Lines.Count)
                break;
            if (retryAfter is { } asked)
            {
                if (++busy > MaxBusyAnswers)
                    throw Unreachable($"was busy {MaxBusyAnswers} times in a row");
                await Task.Delay(asked, time, cancellation);
                lastAnswer = time.GetTimestamp();
                continue;
            }
            if (time.GetElapsedTime(lastAnswer) >= patience)
                throw Unreachable($"gave no answer for {patience.TotalSeconds:0} s ({trouble})");
            await Task.Delay(wait, time, cancellation);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
        return outcomes;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(string? Trouble, TimeSpan? RetryAfter)> TryOnce(
        EventBatch batch, List<EventOutcome> outcomes, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(RequestDeadline);
        try
        {
            using var request = RequestFor(batch, outcomes.Count);
            using var response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
                return ($"HTTP {(int)response.StatusCode}", WaitOf(response));
            if ((int)response.StatusCode >= 500)
                return ($"HTTP {(int)response.StatusCode}", null);
            if (!response.IsSuccessStatusCode)
                throw await FailureOf(response, deadline.Token);
            return await ReadOutcomes(response, batch.Lines.Count, outcomes, deadline.Token)
                ? ("the answer ended early", null)
                : ("an event was not taken for now", FirstWait);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (e.InnerException?.Message ?? e.Message, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ($"no answer within {RequestDeadline.TotalMinutes:0} minutes", null);
        }
    }

    private HttpRequestMessage RequestFor(EventBatch batch, int from)
    {
        var body = new MemoryStream(batch.Bytes);
        for (var i = from; i < batch.Lines.Count; i++)
        {
            body.Write(batch.Lines[i].Span);
            body.WriteByte((byte)'\n');
        }
        var content = new ReadOnlyMemoryContent(body.GetBuffer().AsMemory(0, (int)body.Length));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return new HttpRequestMessage(HttpMethod.Post, Path) { Content = content };
    }

    /// <summary>False when the server wants an event again: from there on the batch goes out again.</summary>
    private static async Task<bool> ReadOutcomes(
        HttpResponseMessage response, int wanted, List<EventOutcome> outcomes, CancellationToken cancellation)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (outcomes.Count < wanted && await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Length == 0)
                continue;
            if (OutcomeOf(line) is not { } outcome)
                return false;
            outcomes.Add(outcome);
        }
        return true;
    }

    /// <summary>The outcome a line tells, or null when the event is to be sent again.</summary>
    private static EventOutcome? OutcomeOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var reason = json.RootElement.TryGetProperty("reason", out var given) ? given.ToString() : null;
            return json.RootElement.GetProperty("status").GetString() switch
            {
                "accepted" => new EventOutcome(EventVerdict.Accepted),
                "duplicate" => new EventOutcome(EventVerdict.Duplicate),
                "quarantined" => new EventOutcome(EventVerdict.Quarantined, reason),
                "refused" => new EventOutcome(EventVerdict.Refused, reason),
                "retry" => null,
                var other => throw NotUnderstood($"status '{other}'"),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw NotUnderstood(line.Length <= MaxProblemChars ? line : line[..MaxProblemChars]);
        }
    }

    private TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };

    private async Task<CommandFailure> FailureOf(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        var said = text.Length <= MaxProblemChars ? text : text[..MaxProblemChars];
        return new(ExitCode.Usage, response.StatusCode switch
        {
            HttpStatusCode.Unauthorized =>
                "the server does not know this key: give a valid one by --key or in DTOC_KEY.",
            HttpStatusCode.Forbidden => "this key may not send events: give one that has the scope 'ingest'.",
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed =>
                $"{http.BaseAddress}{Path} is not there: give the address of a DToC server by --url.",
            _ => $"the server refused a request with {(int)response.StatusCode}: {said}",
        });
    }

    private CommandFailure Unreachable(string how) => new(ExitCode.Unreachable,
        $"{http.BaseAddress} {how}. Start the server or correct --url; with --resume-file the same command goes on.");

    private static CommandFailure NotUnderstood(string what) => new(ExitCode.Usage,
        $"the server's answer is not understood ({what}): is --url the address of a DToC server?");
}
