using System.Globalization;
using System.Text;

namespace DToC.Load.Client;

/// <summary>Writes requests with a key into a piece of memory of its own; for one thread.</summary>
internal sealed class Requests(string key, string mediaType = "application/json")
{
    private readonly byte[] _headers = Encoding.ASCII.GetBytes(
        $" HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        + $"Content-Type: {mediaType}\r\nContent-Length: ");

    private byte[] _request = new byte[4_096];

    /// <summary>A request; good until the next is written.</summary>
    /// <param name="line">Method and path: <c>POST /v1/events</c>.</param>
    /// <param name="json">Its body; empty for none.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, ReadOnlySpan<byte> json)
    {
        const int LengthAndEnd = 16;
        var most = line.Length + _headers.Length + LengthAndEnd + json.Length;
        if (_request.Length < most) _request = new byte[2 * most];
        line.CopyTo(_request);
        var used = line.Length;
        _headers.CopyTo(_request, used);
        used += _headers.Length;
        json.Length.TryFormat(_request.AsSpan(used), out var digits, provider: CultureInfo.InvariantCulture);
        used += digits;
        "\r\n\r\n"u8.CopyTo(_request.AsSpan(used));
        used += 4;
        json.CopyTo(_request.AsSpan(used));
        return _request.AsSpan(0, used + json.Length);
    }
}
