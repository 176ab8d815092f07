using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>
/// One NDJSON stream to <c>POST /v1/events</c> on a connection of its own: lines go out while answers come back. It
/// does little more than copy bytes, as it shares the machine with the server.
/// </summary>
internal sealed class LineStream : IDisposable
{
    private static readonly byte[] Accepted = "\"status\":\"accepted\""u8.ToArray();
    private static readonly byte[] Answered = "\"status\":\""u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly AnswerBody _body = new();
    private readonly byte[] _frame = new byte[64 * 1024];
    private readonly byte[] _incoming = new byte[64 * 1024];
    private readonly byte[] _answers = new byte[80 * 1024];
    private readonly Queue<(long At, int Lines)> _sent = new();
    private readonly Lock _gate = new();
    private (long At, int Lines) _oldest;
    private int _kept;

    private LineStream()
    {
    }

    /// <summary>Answers that say accepted.</summary>
    public long AcceptedLines { get; private set; }

    /// <summary>Answers.</summary>
    public long AnsweredLines { get; private set; }

    /// <summary>Milliseconds from the moment each line was due to its answer, once asked for.</summary>
    public List<double>? AckMs { get; set; }

    /// <summary>Opens a stream; its request ends when it is disposed or <see cref="EndAsync"/> says so.</summary>
    public static async Task<LineStream> OpenAsync(ApiProcess server, CancellationToken cancellation)
    {
        var stream = new LineStream();
        try
        {
            stream._socket.NoDelay = true;
            await stream._socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellation);
            await stream.SendAllAsync(Encoding.ASCII.GetBytes(
                $"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.Key}\r\n"
                + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"), cancellation);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Sends events <paramref name="from"/> to <paramref name="to"/> (exclusive), due at a moment.</summary>
    public async Task SendAsync(PreparedEvents events, int from, int to, long dueAt, CancellationToken cancellation)
    {
        const int HeadBytes = 10; // eight hexadecimal digits and a line end
        while (from < to)
        {
            var (used, begun) = (HeadBytes, from);
            for (; from < to && used + events.Json(from).Length + 3 < _frame.Length; from++)
            {
                events.Json(from).CopyTo(_frame.AsMemory(used));
                used += events.Json(from).Length;
                _frame[used++] = (byte)'\n';
            }
            (used - HeadBytes).TryFormat(_frame, out _, "x8", CultureInfo.InvariantCulture);
            "\r\n"u8.CopyTo(_frame.AsSpan(8));
            "\r\n"u8.CopyTo(_frame.AsSpan(used));
            if (AckMs is not null)
            {
                lock (_gate) _sent.Enqueue((dueAt, from - begun));
            }
            await SendAllAsync(_frame.AsMemory(0, used + 2), cancellation);
        }
    }

    /// <summary>Says that no more lines come.</summary>
    public Task EndAsync(CancellationToken cancellation) => SendAllAsync("0\r\n\r\n"u8.ToArray(), cancellation);

    /// <summary>Reads answers until so many have come; all must say accepted.</summary>
    public async Task ReadAsync(long answers, CancellationToken cancellation)
    {
        while (AnsweredLines < answers)
        {
            var read = await _socket.ReceiveAsync(_incoming, SocketFlags.None, cancellation);
            if (read == 0) throw new IOException($"The stream ended after {AnsweredLines} of {answers} answers.");
            var length = _kept + _body.Take(_incoming.AsSpan(0, read), _answers.AsSpan(_kept));
            Take(_answers.AsSpan(0, length));
        }
        if (AcceptedLines != AnsweredLines)
        {
            throw new InvalidOperationException(
                $"{AnsweredLines - AcceptedLines} of {AnsweredLines} events were not accepted.");
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Take(ReadOnlySpan<byte> rest)
    {
        var now = Stopwatch.GetTimestamp();
        while (rest.IndexOf(Answered) is var place and >= 0 && rest.Length - place >= Accepted.Length)
        {
            if (rest[place..].StartsWith(Accepted)) AcceptedLines++;
            AnsweredLines++;
            if (AckMs is not null) Note(now);
            rest = rest[(place + Answered.Length)..];
        }
        // What may be cut in two is looked at again with what comes next.
        _kept = Math.Min(rest.Length, Accepted.Length);
        rest[^_kept..].CopyTo(_answers);
    }

    private void Note(long now)
    {
        if (_oldest.Lines == 0)
        {
            lock (_gate) _oldest = _sent.Dequeue();
        }
        _oldest.Lines--;
        AckMs?.Add(Stopwatch.GetElapsedTime(_oldest.At, now).TotalMilliseconds);
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellation)..];
    }
}
