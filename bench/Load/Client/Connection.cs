using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace DToC.Load.Client;

/// <summary>
/// One HTTP/1.1 connection to this machine that blocks: a request goes out in one call, an answer is read to its end.
/// It costs two system calls a request and allocates nothing, as it shares the machine with the server it measures.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private byte[] _bytes = new byte[16 * 1024];
    private int _filled;
    private int _body;
    private int _bodyEnd;

    private Connection()
    {
    }

    /// <summary>The body of the answer read last; good until the next is read.</summary>
    public ReadOnlySpan<byte> Body => _bytes.AsSpan(_body.._bodyEnd);

    public static Connection Open(int port)
    {
        var connection = new Connection();
        try
        {
            connection._socket.NoDelay = true;
            connection._socket.ReceiveTimeout = 60_000;
            connection._socket.Connect(IPAddress.Loopback, port);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty) request = request[_socket.Send(request)..];
    }

    /// <summary>Reads an answer; returns its status.</summary>
    public int Read()
    {
        _filled = 0;
        int head;
        while ((head = _bytes.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0) Fill();
        var lines = _bytes.AsSpan(0, head + 2);
        Utf8Parser.TryParse(lines["HTTP/1.1 ".Length..], out int status, out _);
        _body = _bodyEnd = head + 4;
        if (lines.IndexOf("\r\nContent-Length: "u8) is var at and >= 0)
        {
            Utf8Parser.TryParse(lines[(at + "\r\nContent-Length: ".Length)..], out int length, out _);
            while (_filled < _body + length) Fill();
            _bodyEnd = _body + length;
        }
        else if (lines.IndexOf("\r\nTransfer-Encoding: chunked"u8) >= 0)
        {
            ReadChunks();
        }
        return status;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Moves the chunks together (RFC 9112, section 7.1).</summary>
    private void ReadChunks()
    {
        for (var place = _body; ;)
        {
            int line;
            while ((line = _bytes.AsSpan(place, _filled - place).IndexOf("\r\n"u8)) < 0) Fill();
            Utf8Parser.TryParse(_bytes.AsSpan(place, line), out int length, out _, 'x');
            var chunk = place + line + 2;
            place = chunk + length + 2;
            while (_filled < place) Fill();
            if (length == 0) return;
            _bytes.AsSpan(chunk, length).CopyTo(_bytes.AsSpan(_bodyEnd));
            _bodyEnd += length;
        }
    }

    private void Fill()
    {
        if (_filled == _bytes.Length) Array.Resize(ref _bytes, 2 * _bytes.Length);
        var read = _socket.Receive(_bytes.AsSpan(_filled));
        if (read == 0) throw new IOException("The server closed the connection.");
        _filled += read;
    }
}
