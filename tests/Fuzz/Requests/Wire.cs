using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DToC.Fuzz.Requests;

/// <summary>What came back: the head's lines below the first, and the body, put together from its chunks.</summary>
internal sealed record WireAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}

/// <summary>One connection that sends any bytes, also such as no HTTP client would, and reads the answer.</summary>
internal sealed class Wire(Uri server) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private TcpClient? _client;
    private BufferedStream? _input;

    /// <summary>Null when the server closed the connection without an answer.</summary>
    public async Task<WireAnswer?> SendAsync(byte[] request)
    {
        using var limit = new CancellationTokenSource(Patience);
        if (_client is null)
        {
            _client = new TcpClient { NoDelay = true };
            await _client.ConnectAsync(IPAddress.Loopback, server.Port, limit.Token);
            _input = new BufferedStream(_client.GetStream(), 16 * 1024);
        }
        var isClosing = true;
        try
        {
            var answer = ReadAsync(limit.Token);
            try
            {
                await _client.GetStream().WriteAsync(request, limit.Token);
            }
            catch (IOException)
            {
                // Answered and closed before it had all been sent; the answer tells why.
            }
            var read = await answer;
            isClosing = read is null || read.Header("connection") == "close" || read.Status >= 400;
            return read;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return null;
        }
        finally
        {
            if (isClosing) Dispose();
        }
    }

    public void Dispose()
    {
        _input?.Dispose();
        _client?.Dispose();
        _client = null;
    }

    private async Task<WireAnswer?> ReadAsync(CancellationToken cancellation)
    {
        if (await LineAsync(cancellation) is not { Length: > 12 } first) return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await LineAsync(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        var status = int.Parse(first.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var isStream = headers.GetValueOrDefault("content-type", "") == "text/event-stream";
        var body = isStream ? [] : await BodyAsync(headers, cancellation);
        if (isStream) headers["connection"] = "close";
        return new WireAnswer(status, headers, body);
    }

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers, CancellationToken cancellation)
    {
        if (headers.TryGetValue("content-length", out var length))
            return await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellation);
        if (headers.GetValueOrDefault("transfer-encoding") != "chunked") return [];
        var body = new List<byte>();
        while (true)
        {
            var length16 = await LineAsync(cancellation) ?? throw new IOException("A chunk is missing.");
            var size = int.Parse(length16, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.AddRange(await TakeAsync(size, cancellation));
            await LineAsync(cancellation);
            if (size == 0) return [.. body];
        }
    }

    private async Task<byte[]> TakeAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        await _input!.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    private async Task<string?> LineAsync(CancellationToken cancellation)
    {
        var (line, one) = (new StringBuilder(), new byte[1]);
        while (await _input!.ReadAsync(one, cancellation) == 1)
        {
            if (one[0] == '\n') return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
        return null;
    }
}
