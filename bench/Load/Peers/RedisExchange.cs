using DToC.Load.Client;
using DToC.Load.Traffic;

namespace DToC.Load.Peers;

/// <summary>One connection to Redis.</summary>
/// <param name="connection">Open; closed at the end.</param>
/// <param name="script">The digest of the script.</param>
/// <param name="events">The connection's events.</param>
/// <param name="batch">Events that go out together.</param>
/// <param name="perScript">Events a script takes.</param>
internal sealed class RedisExchange(
    RedisConnection connection, string script, PreparedEvents events, int batch, int perScript) : IExchange
{
    private int _sent;

    public bool Send()
    {
        if (_sent + batch > events.Count) return false;
        for (var end = _sent + batch; _sent < end; _sent += perScript)
        {
            connection.Begin(3 + RedisContender.PartsOfEvent * perScript);
            connection.Part("EVALSHA"u8);
            connection.Part(script);
            connection.Part("0"u8);
            for (var i = 0; i < perScript; i++) Write(events.Json(_sent + i).Span);
        }
        connection.Flush();
        return true;
    }

    public int Receive()
    {
        var folded = 0L;
        for (var i = 0; i < batch; i += perScript) folded += connection.Number();
        if (folded != batch) throw new InvalidOperationException($"{batch - folded} events changed no twin.");
        return batch;
    }

    public void Dispose() => connection.Dispose();

    private void Write(ReadOnlySpan<byte> json)
    {
        var e = PeerEvent.Read(json);
        connection.Part(e.Customer);
        connection.Part(e.Id);
        connection.Part(e.AtMs);
        connection.Part(e.Type);
        connection.Part(e.Category);
        connection.Part(e.SpendMinor);
        connection.Part(e.DiscountMinor);
        connection.Part(json);
    }
}
