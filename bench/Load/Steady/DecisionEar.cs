using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DToC.Load.Client;
using DToC.Load.Server;

namespace DToC.Load.Steady;

/// <summary>
/// A receiver of decisions on a connection and a thread of its own. It times those that are expected, from the moment
/// at which the event behind each was due.
/// </summary>
internal sealed class DecisionEar : IDisposable
{
    private static readonly byte[] Mark = "\"customer\":\""u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<string, long> _expected = new(StringComparer.Ordinal);
    private readonly AnswerBody _body = new(200);
    private readonly byte[] _incoming = new byte[64 * 1024];
    private readonly byte[] _text = new byte[128 * 1024];
    private readonly Task _listening;
    private bool _isClosing;
    private long _heard;
    private int _kept;

    private DecisionEar(ServerProcess server)
    {
        _socket.Connect(IPAddress.Loopback, server.Port);
        _socket.Send(Encoding.ASCII.GetBytes(
            $"GET /v1/decisions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.Key}\r\n\r\n"));
        Receive(); // the first sign of life: from here on nothing is missed
        _listening = OwnThread.Start(Listen);
    }

    /// <summary>Milliseconds to each decision that was expected.</summary>
    public Samples Ms { get; } = new();

    /// <summary>Decisions of all customers.</summary>
    public long Heard => Volatile.Read(ref _heard);

    /// <summary>Expected decisions that have not come.</summary>
    public int Missing => _expected.Count;

    public static DecisionEar Open(ServerProcess server) => new(server);

    /// <summary>A customer's event, due at a moment, will bring a decision.</summary>
    public void Expect(string customer, long dueAt) => _expected[customer] = dueAt;

    /// <summary>Expected decisions whose event was due longer ago than so.</summary>
    public int MissingFor(TimeSpan age) => _expected.Count(one => Stopwatch.GetElapsedTime(one.Value) > age);

    /// <summary>Waits until all that is expected has come; gives up after a while.</summary>
    public async Task DrainAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (!_expected.IsEmpty && clock.Elapsed < patience && !_listening.IsCompleted)
            await Task.Delay(20, cancellation);
        if (_listening.IsFaulted) await _listening;
    }

    public void Dispose()
    {
        Volatile.Write(ref _isClosing, true);
        _socket.Dispose();
    }

    private void Listen()
    {
        try
        {
            while (true) Receive();
        }
        catch (Exception) when (Volatile.Read(ref _isClosing))
        {
            // Closed, as planned.
        }
    }

    private void Receive()
    {
        var read = _socket.Receive(_incoming);
        if (read == 0) throw new IOException("The stream of decisions ended.");
        var length = _kept + _body.Take(_incoming.AsSpan(0, read), _text.AsSpan(_kept));
        var rest = _text.AsSpan(0, length);
        var now = Stopwatch.GetTimestamp();
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            Take(rest[..end], now);
            rest = rest[(end + 1)..];
        }
        _kept = rest.Length;
        rest.CopyTo(_text);
    }

    private void Take(ReadOnlySpan<byte> line, long now)
    {
        var place = line.IndexOf(Mark);
        if (place < 0) return;
        Volatile.Write(ref _heard, _heard + 1);
        line = line[(place + Mark.Length)..];
        var customer = Encoding.UTF8.GetString(line[..line.IndexOf((byte)'"')]);
        if (_expected.TryRemove(customer, out var at)) Ms.Add(Stopwatch.GetElapsedTime(at, now).TotalMilliseconds);
    }
}
