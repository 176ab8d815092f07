using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace DToC.Http.Events;

/// <summary>
/// Starts the work on a chunk; the inner task has an answer for each of its lines, in order.
/// </summary>
internal delegate Task<Task<TAnswer[]>> StartChunk<TAnswer>(
    List<IncomingEvent> chunk, CancellationToken cancellation);

/// <summary>Writes the answer to a line as one JSON object.</summary>
internal delegate void WriteAnswer<TAnswer>(Utf8JsonWriter writer, TAnswer answer, long line);

/// <summary>
/// Answers a stream of lines with a stream of lines, in order, while it is being read. A bounded number of
/// lines is under way and a bounded number of answers unread; beyond either no more is read, and the sender
/// feels it.
/// </summary>
internal sealed class EventStream<TAnswer>(
    HttpOptions options, StartChunk<TAnswer> start, WriteAnswer<TAnswer> write)
{
    // A chunk with fewer events is small.
    private readonly int _smallChunk = options.ChunkEvents / 4;

    // A sender that writes a few lines at a time would have each few go all the way alone, for the price of many. While
    // two small chunks are under way its lines gather, for no longer than a commit takes.
    private readonly SemaphoreSlim _smallUnderWay = new(2);

    /// <summary>
    /// Runs until the sender is done, goes away, or the server stops; what was read by then is answered.
    /// </summary>
    public async Task RunAsync(HttpContext http, CancellationToken stopping)
    {
        Unbind(http);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.ContentType = "application/x-ndjson";
        http.Response.Headers.CacheControl = "no-store";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var underWay = Channel.CreateBounded<(List<IncomingEvent> Chunk, Task<TAnswer[]> Answers)>(
            new BoundedChannelOptions(Math.Max(1, options.MaxEventsInFlight / options.ChunkEvents - 1))
            {
                SingleReader = true,
                SingleWriter = true,
            });
        var answers = new Pipe(new PipeOptions(
            pauseWriterThreshold: options.MaxUnreadAnswerBytes,
            resumeWriterThreshold: options.MaxUnreadAnswerBytes / 2,
            useSynchronizationContext: false));
        var reading =
            GuardAsync(ReadAsync(http.Request.BodyReader, underWay.Writer, stopping, ending.Token), ending);
        var writing = GuardAsync(WriteAsync(underWay.Reader, answers.Writer, ending.Token), ending);
        var sending = GuardAsync(answers.Reader.CopyToAsync(http.Response.BodyWriter, ending.Token), ending);
        await Task.WhenAll(reading, writing, sending);
    }

    // A stream may be long, slow, and answered faster than it is read.
    private static void Unbind(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } incoming)
        {
            incoming.MinDataRate = null;
        }
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } outgoing) outgoing.MinDataRate = null;
    }

    private async Task ReadAsync(
        PipeReader input, ChannelWriter<(List<IncomingEvent> Chunk, Task<TAnswer[]> Answers)> underWay,
        CancellationToken stopping, CancellationToken cancellation)
    {
        using var stop = stopping.Register(input.CancelPendingRead);
        try
        {
            var lines = new EventLines(input, options.Events.MaxEventBytes, options.ChunkEvents);
            await foreach (var chunk in lines.ReadAsync(cancellation))
            {
                if (chunk.Count < _smallChunk) await _smallUnderWay.WaitAsync(cancellation);
                await underWay.WriteAsync((chunk, await start(chunk, cancellation)), cancellation);
                if (stopping.IsCancellationRequested) break;
            }
        }
        finally
        {
            underWay.TryComplete();
        }
    }

    private async Task WriteAsync(
        ChannelReader<(List<IncomingEvent> Chunk, Task<TAnswer[]> Answers)> underWay, PipeWriter output,
        CancellationToken cancellation)
    {
        try
        {
            await using var writer = new Utf8JsonWriter(output, new JsonWriterOptions
            {
                SkipValidation = true,
                Encoder = Json.WireJson.Options.Encoder,
            });
            await foreach (var (chunk, task) in underWay.ReadAllAsync(cancellation))
            {
                var answers = await task;
                if (chunk.Count < _smallChunk) _smallUnderWay.Release();
                for (var i = 0; i < answers.Length; i++)
                {
                    write(writer, answers[i], chunk[i].Line);
                    writer.Flush();
                    writer.Reset();
                    output.GetSpan(1)[0] = (byte)'\n';
                    output.Advance(1);
                }
                await output.FlushAsync(cancellation);
            }
        }
        finally
        {
            await output.CompleteAsync();
        }
    }

    /// <summary>When one of the three fails the others end too.</summary>
    private static async Task GuardAsync(Task work, CancellationTokenSource ending)
    {
        try
        {
            await work;
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }
}
