using System.Buffers;
using System.Text.Json;
using DToC.Http.Json;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Events;

/// <summary>202: what became of each event, with the counts.</summary>
internal sealed class EventsResult(IReadOnlyList<EventAnswer> answers) : IResult
{
    // So few are written whole, with their length ahead: no chunks, and one flush for head and body.
    private const int Few = 16;
    private const int FewBytes = 512;
    private const int PieceBytes = 64 * 1024;

    private static readonly JsonWriterOptions Form = new() { Encoder = WireJson.Options.Encoder };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = "application/json";
        return answers.Count <= Few ? WriteWholeAsync(response) : WriteInPiecesAsync(response);
    }

    private async Task WriteWholeAsync(HttpResponse response)
    {
        var body = new ArrayBufferWriter<byte>(FewBytes);
        using (var writer = new Utf8JsonWriter(body, Form))
        {
            Begin(writer);
            for (var i = 0; i < answers.Count; i++) answers[i].Write(writer, line: null);
            End(writer);
        }
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, response.HttpContext.RequestAborted);
    }

    private async Task WriteInPiecesAsync(HttpResponse response)
    {
        await using var writer = new Utf8JsonWriter(response.BodyWriter, Form);
        Begin(writer);
        for (var i = 0; i < answers.Count; i++)
        {
            answers[i].Write(writer, line: null);
            // A long answer goes out in pieces, as fast as it is read.
            if (writer.BytesPending + response.BodyWriter.UnflushedBytes > PieceBytes)
            {
                await writer.FlushAsync(response.HttpContext.RequestAborted);
            }
        }
        End(writer);
        await writer.FlushAsync(response.HttpContext.RequestAborted);
    }

    private void Begin(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("accepted"u8, CountOf(AnswerStatus.Accepted));
        writer.WriteNumber("duplicate"u8, CountOf(AnswerStatus.Duplicate));
        writer.WriteNumber("refused"u8, CountOf(AnswerStatus.Refused));
        writer.WriteNumber("quarantined"u8, CountOf(AnswerStatus.Quarantined));
        writer.WriteNumber("retry"u8, CountOf(AnswerStatus.Retry));
        writer.WriteStartArray("results"u8);
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private int CountOf(AnswerStatus status)
    {
        var count = 0;
        foreach (var answer in answers)
        {
            if (answer.Status == status) count++;
        }
        return count;
    }
}
