using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using DToC.Twin.Events;

namespace DToC.Http.Events;

/// <summary>
/// Cuts a stream of lines into chunks of events: as many as have arrived, up to a limit. Bytes are copied
/// once, into memory that lives as long as the events in it.
/// </summary>
internal sealed class EventLines(PipeReader input, int maxLineBytes, int maxEvents)
{
    // Below the size from which arrays go to the large object heap, unless a line needs more.
    private readonly int _chunkBytes = ChunkBytesFor(maxLineBytes);
    private byte[] _bytes = [];
    private int _used;
    private List<IncomingEvent> _events = [];
    private long _line;
    private bool _isSkipping;

    /// <summary>Memory of a chunk whose lines may be so long, in bytes.</summary>
    public static int ChunkBytesFor(int maxLineBytes) => Math.Max(80_000, maxLineBytes);

    /// <summary>The chunks, in order. Blank lines count as lines and are not events.</summary>
    public async IAsyncEnumerable<List<IncomingEvent>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            if (!input.TryRead(out var result))
            {
                // Nothing more at hand: what is gathered goes off now rather than waiting for company.
                if (_events.Count > 0) yield return TakeChunk();
                result = await input.ReadAsync(cancellation);
            }
            var rest = result.Buffer;
            while (TakeLine(ref rest, result.IsCompleted))
            {
                if (_events.Count >= maxEvents || _chunkBytes - _used < maxLineBytes)
                {
                    yield return TakeChunk();
                }
            }
            input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted || result.IsCanceled) break;
        }
        if (_events.Count > 0) yield return TakeChunk();
    }

    private bool TakeLine(ref ReadOnlySequence<byte> rest, bool isLast)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            Add(rest.Slice(0, end));
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }
        if (rest.Length > maxLineBytes + 2)
        {
            // The rest of this line is dropped as it comes; its beginning tells enough.
            _isSkipping = true;
            rest = rest.Slice(rest.End);
        }
        if (!isLast || (rest.IsEmpty && !_isSkipping)) return false;
        Add(rest);
        rest = rest.Slice(rest.End);
        return false;
    }

    private void Add(ReadOnlySequence<byte> line)
    {
        _line++;
        if (_isSkipping || line.Length > maxLineBytes + 1)
        {
            _isSkipping = false;
            _events.Add(new IncomingEvent(default, _line, new EventReading.Rejected(
                EventProblem.OverLimit, "",
                $"The line has more than {maxLineBytes} bytes, which is the most an event may have", Id: null,
                Source: null)));
            return;
        }
        if (_bytes.Length - _used < line.Length)
        {
            (_bytes, _used) = (GC.AllocateUninitializedArray<byte>(_chunkBytes + 2), 0);
        }
        line.CopyTo(_bytes.AsSpan(_used));
        var json = _bytes.AsMemory(_used, (int)line.Length).TrimEnd((byte)'\r');
        if (json.Span.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0) return;
        _used += json.Length;
        _events.Add(new IncomingEvent(json, _line, null));
    }

    private List<IncomingEvent> TakeChunk()
    {
        var chunk = _events;
        _events = [];
        // The next chunk goes on where this one ends: a few lines do not need memory for hundreds.
        if (_chunkBytes - _used < maxLineBytes) (_bytes, _used) = ([], 0);
        return chunk;
    }
}
