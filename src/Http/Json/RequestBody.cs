using System.Buffers;
using System.Text.Json;
using DToC.Http.Limits;
using DToC.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DToC.Http.Json;

/// <summary>Reads bodies within limits.</summary>
internal static class RequestBody
{
    // What is set aside before anything has come; the promise of a length is not worth more.
    private const int FirstBytes = 64 * 1024;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>The whole body.</summary>
    /// <exception cref="BadHttpRequestException">It is longer than the limit.</exception>
    /// <exception cref="RoomExceededException">There is no room for it now.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAllAsync(
        HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit) throw TooLong(limit);
        // Counted here, so that the limit is this one and the message ours.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
        var hold = request.HttpContext.Features.Get<RequestHold>();
        var body = Longer([], (int)Math.Min(request.ContentLength ?? Math.Min(limit, 16 * 1024), FirstBytes), hold);
        var length = 0;
        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellation);
            foreach (var segment in result.Buffer)
            {
                if (length + segment.Length > limit) throw TooLong(limit);
                if (length + segment.Length > body.Length)
                {
                    var needed = Math.Max(length + segment.Length, body.Length * 2L);
                    body = Longer(body, (int)Math.Min(needed, request.ContentLength ?? limit), hold);
                }
                segment.CopyTo(body.AsMemory(length));
                length += segment.Length;
            }
            request.BodyReader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
        var bytes = body.AsMemory(0, length);
        return bytes.Span.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
    }

    /// <summary>A body of JSON, or null when there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is longer than the limit.</exception>
    /// <exception cref="JsonException">It is not what is asked for.</exception>
    public static async Task<T?> ReadJsonAsync<T>(
        HttpRequest request, int limit, CancellationToken cancellation)
        where T : class
    {
        var body = await ReadAllAsync(request, limit, cancellation);
        return body.IsEmpty ? null : JsonSerializer.Deserialize<T>(body.Span, WireJson.Options);
    }

    private static byte[] Longer(byte[] body, int length, RequestHold? hold)
    {
        if (hold?.TryTake(length - body.Length) is { } limit) throw new RoomExceededException(limit);
        Array.Resize(ref body, length);
        return body;
    }

    private static BadHttpRequestException TooLong(int limit) => new(
        $"The body is longer than {limit} bytes. Send less at a time, or many events as a stream of lines "
        + "(application/x-ndjson).",
        StatusCodes.Status413PayloadTooLarge);
}
