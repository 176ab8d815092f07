using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace DToC.Load.Peers;

/// <summary>
/// The part of Redis's protocol (RESP2) that is needed here: commands go out together, answers are numbers or lines.
/// </summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _incoming = new byte[16 * 1024];
    private byte[] _commands = new byte[64 * 1024];
    private int _used;
    private int _taken;
    private int _filled;

    public RedisConnection(string path)
    {
        _socket.ReceiveTimeout = 60_000;
        _socket.Connect(new UnixDomainSocketEndPoint(path));
    }

    /// <summary>Begins a command of so many parts.</summary>
    public void Begin(int parts) => Head('*', parts);

    /// <summary>A part of the command begun last.</summary>
    public void Part(ReadOnlySpan<byte> part)
    {
        Head('$', part.Length);
        Room(part.Length + 2);
        part.CopyTo(_commands.AsSpan(_used));
        _used += part.Length;
        End();
    }

    public void Part(string part)
    {
        Head('$', Encoding.UTF8.GetByteCount(part));
        Room(3 * part.Length + 2);
        _used += Encoding.UTF8.GetBytes(part, _commands.AsSpan(_used));
        End();
    }

    public void Part(long part)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(part, digits, out var length);
        Part(digits[..length]);
    }

    /// <summary>Sends the commands written since it was last called.</summary>
    public void Flush()
    {
        for (var sent = 0; sent < _used;) sent += _socket.Send(_commands.AsSpan(sent.._used));
        _used = 0;
    }

    /// <summary>Sends a command and returns its answer's line: a number or a word.</summary>
    public string Call(params ReadOnlySpan<string> parts)
    {
        Begin(parts.Length);
        foreach (var part in parts) Part(part);
        Flush();
        return Line();
    }

    /// <summary>The number that a command answers.</summary>
    public long Number() => long.Parse(Line());

    /// <summary>The next line of the answers, without its mark.</summary>
    /// <exception cref="InvalidOperationException">It says an error.</exception>
    public string Line()
    {
        int end;
        while ((end = _incoming.AsSpan(_taken.._filled).IndexOf("\r\n"u8)) < 0) Fill();
        var line = Encoding.UTF8.GetString(_incoming.AsSpan(_taken, end));
        _taken += end + 2;
        return line[0] == '-' ? throw new InvalidOperationException($"Redis: {line}") : line[1..];
    }

    public void Dispose() => _socket.Dispose();

    private void Fill()
    {
        _incoming.AsSpan(_taken.._filled).CopyTo(_incoming);
        _filled -= _taken;
        _taken = 0;
        var read = _socket.Receive(_incoming.AsSpan(_filled));
        if (read == 0) throw new IOException("Redis closed the connection.");
        _filled += read;
    }

    private void Head(char mark, int number)
    {
        Room(16);
        _commands[_used++] = (byte)mark;
        Utf8Formatter.TryFormat(number, _commands.AsSpan(_used), out var digits);
        _used += digits;
        End();
    }

    private void End()
    {
        _commands[_used++] = (byte)'\r';
        _commands[_used++] = (byte)'\n';
    }

    private void Room(int bytes)
    {
        if (_used + bytes > _commands.Length) Array.Resize(ref _commands, 2 * (_used + bytes));
    }
}
