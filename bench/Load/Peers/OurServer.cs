using DToC.Load.Client;
using DToC.Load.Server;
using DToC.Load.Traffic;

namespace DToC.Load.Peers;

/// <summary>The product over HTTP on loopback, as the peers are reached over sockets.</summary>
internal sealed class OurServer(ServerProcess server, bool isLines) : IContender
{
    public string Name => isLines ? "dtoc_ndjson" : "dtoc";

    public int ThreadsFor(int connections) => 1;

    public void Prepare()
    {
        // It is as it was started.
    }

    public IReadOnlyList<IExchange> Open(PreparedEvents[] events, int batch) =>
        Array.ConvertAll(events, mine => new EventRequests(server, mine, batch, isLines));
}
