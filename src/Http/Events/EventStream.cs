using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using DToC.Http.Limits;
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
/// feels it, as it does when its key sends faster than it may. A stream in which nothing moves is ended: without a
/// whole line for too long by a last line that says so, with answers that nobody reads by breaking it off.
/// </summary>
internal sealed class EventStream<TAnswer>(
    HttpOptions options, TimeProvider time, StartChunk<TAnswer> start, WriteAnswer<TAnswer> write)
{
    // A chunk with fewer events is small.
    private readonly int _smallChunk = options.ChunkEvents / 4;

    // A sender that writes a few lines at a time would have each few go all the way alone, for the price of many. While
    // two small chunks are under way its lines gather, for no longer than a commit takes.
    private readonly SemaphoreSlim _smallUnderWay = new(2);
    private readonly int _chunkBytes = EventLines.ChunkBytesFor(options.Events.MaxEventBytes);
    private volatile bool _isIdle;

    /// <summary>
    /// Runs until the sender is done, goes away, or the server stops; what was read by then is answered.
    /// </summary>
    public async Task<IResult> RunAsync(HttpContext http, CancellationToken stopping)
    {
        var hold = RequestHold.Of(http);
        if (Open(hold) is { } problem) return problem;
        try
        {
            await RunAsync(http, hold, stopping);
            return Results.Empty;
        }
        finally
        {
            hold.Room.Streams.Give(1);
            hold.Share.Streams.Give(1);
        }
    }

    private static IResult? Open(RequestHold hold)
    {
        var (room, share) = (hold.Room, hold.Share);
        if (!share.Streams.TryTake(1))
        {
            return room.Over(Limit.StreamsPerKey, $"This key has {share.Streams.Limit} streams open.");
        }
        if (room.Streams.TryTake(1)) return null;
        share.Streams.Give(1);
        return room.Over(Limit.Streams, $"There are {room.Streams.Limit} streams open, which is the most.");
    }

    private async Task RunAsync(HttpContext http, RequestHold hold, CancellationToken stopping)
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
                AllowSynchronousContinuations = true,
            });
        // Who writes goes on with what waited for it, rather than waking another thread for a few lines.
        var answers = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: options.MaxUnreadAnswerBytes,
            resumeWriterThreshold: options.MaxUnreadAnswerBytes / 2,
            useSynchronizationContext: false));
        var reading =
            GuardAsync(ReadAsync(http.Request.BodyReader, underWay.Writer, hold, stopping, ending.Token), ending);
        var writing = GuardAsync(WriteAsync(underWay.Reader, answers.Writer, hold, ending.Token), ending);
        var sending = GuardAsync(SendAsync(answers.Reader, http, hold, ending.Token), ending);
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
        RequestHold hold, CancellationToken stopping, CancellationToken cancellation)
    {
        using var stop = stopping.Register(input.CancelPendingRead);
        using var idle = new Standstill(options.StreamIdle, time, () =>
        {
            hold.Room.Meters.Count(Limit.StreamIdle);
            _isIdle = true;
            input.CancelPendingRead();
        });
        try
        {
            // What the lines gather in, beside the chunks under way.
            await hold.TakeAsync(_chunkBytes, time, cancellation);
            var lines = new EventLines(input, options.Events.MaxEventBytes, options.ChunkEvents);
            idle.Begin();
            await foreach (var chunk in lines.ReadAsync(cancellation))
            {
                idle.End();
                if (chunk.Count < _smallChunk) await _smallUnderWay.WaitAsync(cancellation);
                await hold.TakeAsync(_chunkBytes, time, cancellation);
                await KeepRateAsync(hold, chunk.Count, stopping, cancellation);
                await underWay.WriteAsync((chunk, await start(chunk, cancellation)), cancellation);
                if (stopping.IsCancellationRequested) break;
                idle.Begin();
            }
        }
        finally
        {
            underWay.TryComplete();
        }
    }

    private async Task WriteAsync(
        ChannelReader<(List<IncomingEvent> Chunk, Task<TAnswer[]> Answers)> underWay, PipeWriter output,
        RequestHold hold, CancellationToken cancellation)
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
                hold.Give(_chunkBytes);
                hold.Take(output.UnflushedBytes);
                await output.FlushAsync(cancellation);
            }
            if (_isIdle) await WriteEndAsync(writer, output, hold, cancellation);
        }
        finally
        {
            await output.CompleteAsync();
        }
    }

    /// <summary>
    /// The last line of a stream that was ended; without a line's number, and as one that is sent again.
    /// </summary>
    private async Task WriteEndAsync(
        Utf8JsonWriter writer, PipeWriter output, RequestHold hold, CancellationToken cancellation)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, "retry"u8);
        writer.WriteString("reason"u8, string.Create(
            CultureInfo.InvariantCulture,
            $"idle: no whole line came for {options.StreamIdle.TotalSeconds} s; send the unanswered in a new stream"));
        writer.WriteEndObject();
        writer.Flush();
        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
        hold.Take(output.UnflushedBytes);
        await output.FlushAsync(cancellation);
    }

    /// <summary>Takes answers to their sender as fast as it reads them.</summary>
    private async Task SendAsync(
        PipeReader answers, HttpContext http, RequestHold hold, CancellationToken cancellation)
    {
        using var unread = new Standstill(options.StreamIdle, time, () =>
        {
            hold.Room.Meters.Count(Limit.UnreadAnswers);
            http.Abort();
        });
        while (true)
        {
            var read = await answers.ReadAsync(cancellation);
            foreach (var segment in read.Buffer)
            {
                unread.Begin();
                await http.Response.BodyWriter.WriteAsync(segment, cancellation);
                hold.Give(segment.Length);
            }
            unread.End();
            answers.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        await answers.CompleteAsync();
    }

    /// <summary>Waits until the key may send so many; a server that stops does not wait.</summary>
    private async ValueTask KeepRateAsync(
        RequestHold hold, int events, CancellationToken stopping, CancellationToken cancellation)
    {
        if (hold.Share.EventRate?.Owe(events) is not { Ticks: > 0 } wait) return;
        hold.Room.Meters.Count(Limit.EventRate);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        await Task.Delay(wait, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
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
