using System.Text;
using DToC.Load.Server;
using DToC.Load.Traffic;

namespace DToC.Load.Client;

/// <summary>Events over HTTP on one connection: one a request, or many in a JSON array or in NDJSON.</summary>
/// <param name="server">Who takes them.</param>
/// <param name="events">The connection's events.</param>
/// <param name="batch">Events a request.</param>
/// <param name="isLines">Whether many are sent as NDJSON.</param>
/// <param name="saysAccepted">Whether answers must say that each event was accepted; else the status will do.</param>
internal sealed class EventRequests(
    ServerProcess server, PreparedEvents events, int batch, bool isLines = false, bool saysAccepted = true) : IExchange
{
    private static readonly byte[] Accepted = "\"status\":\"accepted\""u8.ToArray();

    private static readonly byte[] Retry = "\"status\":\"retry\""u8.ToArray();

    private readonly Connection _connection = Connection.Open(server.Port);
    private readonly Requests _requests = new(server.Key, isLines ? "application/x-ndjson" : "application/json");
    private byte[] _body = new byte[4_096];
    private int _sent;

    public bool Send()
    {
        if (_sent + batch > events.Count) return false;
        var body = batch == 1 ? events.Json(_sent).Span : Join();
        _connection.Send(_requests.Of("POST /v1/events"u8, body));
        _sent += batch;
        return true;
    }

    public int Receive()
    {
        var status = _connection.Read();
        if (status is 429 or 503) return 0; // back-pressure: nothing was taken
        if (status != 202) throw Unexpected(status);
        if (!saysAccepted) return batch;
        var accepted = _connection.Body.Count(Accepted);
        // What is to be sent again is not counted; more connections than the server serves do not pay.
        if (accepted < batch && accepted + _connection.Body.Count(Retry) != batch) throw Unexpected(status);
        return accepted;
    }

    public void Dispose() => _connection.Dispose();

    private InvalidOperationException Unexpected(int status)
    {
        const int Most = 300;
        var body = Encoding.UTF8.GetString(_connection.Body);
        return new($"Events were answered with {status}: {(body.Length > Most ? body[..Most] : body)}");
    }

    private ReadOnlySpan<byte> Join()
    {
        var first = _sent == 0 ? 0 : events.Ends[_sent - 1];
        var most = events.Ends[_sent + batch - 1] - first + batch + 1;
        if (_body.Length < most) _body = new byte[2 * most];
        var used = 0;
        for (var i = 0; i < batch; i++)
        {
            _body[used++] = isLines ? (byte)'\n' : i == 0 ? (byte)'[' : (byte)',';
            events.Json(_sent + i).Span.CopyTo(_body.AsSpan(used));
            used += events.Json(_sent + i).Length;
        }
        _body[used++] = isLines ? (byte)'\n' : (byte)']';
        return _body.AsSpan(0, used);
    }
}
