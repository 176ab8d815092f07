using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DToC.Load.Client;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>
/// One NDJSON stream to <c>POST /v1/events</c> on a connection of its own: one thread writes lines while another reads
/// answers. It does little more than copy bytes, as it shares the machine with the server.
/// </summary>
internal sealed class LineStream : IDisposable
{
    private static readonly byte[] Accepted = "\"status\":\"accepted\""u8.ToArray();
    private static readonly byte[] Answered = "\"status\":\""u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly AnswerBody _body = new(202);
    private readonly byte[] _frame = new byte[64 * 1024];
    private readonly byte[] _incoming = new byte[64 * 1024];
    private readonly byte[] _answers = new byte[80 * 1024];
    private readonly Queue<(long At, int Lines)> _sent = new();
    private readonly Lock _gate = new();
    private CancellationTokenRegistration _ending;
    private (long At, int Lines) _oldest;
    private long _acceptedLines;
    private long _answeredLines;
    private int _kept;

    private LineStream()
    {
    }

    /// <summary>Answers so far; read by any thread.</summary>
    public long AnsweredLines => Volatile.Read(ref _answeredLines);

    /// <summary>Answers so far that do not say accepted; read by any thread.</summary>
    public long NotAccepted => AnsweredLines - Volatile.Read(ref _acceptedLines);

    /// <summary>True when the answer has come to its end.</summary>
    public bool IsAnswered => _body.IsEnded;

    /// <summary>Takes milliseconds from the moment each line was due to its answer, once asked for.</summary>
    public Action<double>? OnAckMs { get; set; }

    /// <summary>Opens a stream; its request ends when it is disposed or <see cref="End"/> says so.</summary>
    public static LineStream Open(ServerProcess server, CancellationToken cancellation)
    {
        var stream = new LineStream();
        try
        {
            stream._socket.NoDelay = true;
            stream._socket.Connect(IPAddress.Loopback, server.Port);
            stream._ending = cancellation.Register(stream._socket.Dispose);
            stream.SendAll(Encoding.ASCII.GetBytes(
                $"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.Key}\r\n"
                + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"));
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Sends all of some events while it reads their answers; returns when the last has come.</summary>
    public async Task ExchangeAsync(PreparedEvents events)
    {
        var reading = OwnThread.Start(() => Read(events.Count));
        var sending = OwnThread.Start(() =>
        {
            Send(events, 0, events.Count, 0);
            End();
        });
        await Task.WhenAll(reading, sending);
    }

    /// <summary>Sends events <paramref name="from"/> to <paramref name="to"/> (exclusive), due at a moment.</summary>
    public void Send(PreparedEvents events, int from, int to, long dueAt)
    {
        const int HeadBytes = 10; // eight hexadecimal digits and a line end
        while (from < to)
        {
            var (used, begun) = (HeadBytes, from);
            for (; from < to && used + events.Json(from).Length + 3 < _frame.Length; from++)
            {
                events.Json(from).Span.CopyTo(_frame.AsSpan(used));
                used += events.Json(from).Length;
                _frame[used++] = (byte)'\n';
            }
            (used - HeadBytes).TryFormat(_frame, out _, "x8", CultureInfo.InvariantCulture);
            "\r\n"u8.CopyTo(_frame.AsSpan(8));
            "\r\n"u8.CopyTo(_frame.AsSpan(used));
            if (OnAckMs is not null)
            {
                lock (_gate) _sent.Enqueue((dueAt, from - begun));
            }
            SendAll(_frame.AsSpan(0, used + 2));
        }
    }

    /// <summary>Says that no more lines come.</summary>
    public void End() => SendAll("0\r\n\r\n"u8);

    /// <summary>Reads answers until so many have come; all must say accepted.</summary>
    public void Read(long answers)
    {
        while (_answeredLines < answers) ReadSome();
        if (NotAccepted > 0)
            throw new InvalidOperationException($"{NotAccepted} of {_answeredLines} events were not accepted.");
    }

    /// <summary>Waits for answers and takes those that have come.</summary>
    public void ReadSome()
    {
        var read = _socket.Receive(_incoming);
        if (read == 0) throw new IOException($"The stream ended after {_answeredLines} answers.");
        var length = _kept + _body.Take(_incoming.AsSpan(0, read), _answers.AsSpan(_kept));
        Take(_answers.AsSpan(0, length));
    }

    public void Dispose()
    {
        _ending.Dispose();
        _socket.Dispose();
    }

    private void Take(ReadOnlySpan<byte> rest)
    {
        var now = Stopwatch.GetTimestamp();
        var (accepted, answered) = (0, 0);
        while (rest.IndexOf(Answered) is var place and >= 0 && rest.Length - place >= Accepted.Length)
        {
            if (rest[place..].StartsWith(Accepted)) accepted++;
            answered++;
            if (OnAckMs is not null) Note(now);
            rest = rest[(place + Answered.Length)..];
        }
        Volatile.Write(ref _acceptedLines, _acceptedLines + accepted);
        Volatile.Write(ref _answeredLines, _answeredLines + answered);
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
        OnAckMs?.Invoke(Stopwatch.GetElapsedTime(_oldest.At, now).TotalMilliseconds);
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }
}
