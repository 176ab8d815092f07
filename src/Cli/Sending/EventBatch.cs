namespace DToC.Cli.Sending;

/// <summary>Events that go out in one request, each one line of UTF-8 JSON without its line end.</summary>
internal sealed class EventBatch
{
    /// <summary>
    /// Most events of one request. A client of HTTP/1.1 reads the answer once all is sent, and the server
    /// answers line by line while it reads: the answer must fit the buffers between the two.
    /// </summary>
    public const int MaxEvents = 2_000;

    /// <summary>Most bytes of one request, unless one event alone is larger.</summary>
    public const int MaxBytes = 8 << 20;

    private readonly List<ReadOnlyMemory<byte>> _lines = [];

    /// <summary>The events in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lines => _lines;

    /// <summary>Bytes of all lines with their ends.</summary>
    public int Bytes { get; private set; }

    /// <summary>True when <paramref name="line"/> should open the next batch.</summary>
    public bool IsFullFor(ReadOnlyMemory<byte> line, int maxEvents) =>
        _lines.Count >= maxEvents || (_lines.Count > 0 && Bytes + line.Length + 1 > MaxBytes);

    /// <summary>Adds one event.</summary>
    public void Add(ReadOnlyMemory<byte> line)
    {
        _lines.Add(line);
        Bytes += line.Length + 1;
    }
}
