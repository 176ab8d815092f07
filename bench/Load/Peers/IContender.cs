using DToC.Load.Client;
using DToC.Load.Traffic;

namespace DToC.Load.Peers;

/// <summary>One way to keep events and states durably.</summary>
internal interface IContender
{
    /// <summary>Its name in figures: <c>postgres</c>.</summary>
    string Name { get; }

    /// <summary>Threads of this driver that serve so many connections.</summary>
    int ThreadsFor(int connections);

    /// <summary>Gets ready for a run of some length that follows.</summary>
    void Prepare();

    /// <summary>Connections that send the events given to each, in batches.</summary>
    IReadOnlyList<IExchange> Open(PreparedEvents[] events, int batch);
}
