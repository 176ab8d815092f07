using System.Globalization;
using System.Text;
using DToC.Conformance;

namespace DToC.Fuzz.Requests;

/// <summary>How the events of a request are answered.</summary>
internal enum Counting
{
    /// <summary>It has no events.</summary>
    None,

    /// <summary>One event, or an array of events.</summary>
    Body,

    /// <summary>A line each.</summary>
    Lines,
}

/// <summary>A request as bytes.</summary>
internal sealed class FuzzRequest
{
    private readonly List<string> _headers = [];

    public required string Method { get; init; }

    public required string Target { get; init; }

    public string? Type { get; init; }

    public byte[] Body { get; init; } = [];

    public Counting Counting { get; init; }

    /// <summary>True when HTTP itself may refuse it, before the API sees it.</summary>
    public bool IsGarbled { get; private set; }

    public FuzzRequest With(string header)
    {
        _headers.Add(header);
        return this;
    }

    /// <summary>A header that may be none.</summary>
    public FuzzRequest WithGarbled(string header)
    {
        IsGarbled = true;
        return With(header);
    }

    /// <summary>Lines of the body that are events: all that are not blank.</summary>
    public int LineCount()
    {
        var count = 0;
        var rest = Body.AsSpan();
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
            if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') >= 0) count++;
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        return count;
    }

    /// <summary>Head and body; the body sometimes in chunks, cut anywhere.</summary>
    public byte[] ToBytes(SeededDraws draws, string key)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: localhost\r\n");
        if (!_headers.Exists(h => h.StartsWith("Authorization:", StringComparison.OrdinalIgnoreCase)))
            head.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {key}\r\n");
        if (Type is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Type: {Type}\r\n");
        foreach (var header in _headers) head.Append(header).Append("\r\n");
        var isChunked = Body.Length > 0 && draws.Percent(25);
        head.Append(isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {Body.Length}\r\n\r\n");
        var bytes = Encoding.UTF8.GetBytes(head.ToString());
        return isChunked ? [.. bytes, .. Chunks(draws)] : [.. bytes, .. Body];
    }

    private List<byte> Chunks(SeededDraws draws)
    {
        var chunks = new List<byte>();
        for (var at = 0; at < Body.Length;)
        {
            var count = Math.Min(draws.Percent(20) ? 1 : draws.Between(1, 300), Body.Length - at);
            chunks.AddRange(Encoding.ASCII.GetBytes($"{count:x}\r\n"));
            chunks.AddRange(Body.AsSpan(at, count));
            chunks.AddRange("\r\n"u8);
            at += count;
        }
        chunks.AddRange("0\r\n\r\n"u8);
        return chunks;
    }
}
