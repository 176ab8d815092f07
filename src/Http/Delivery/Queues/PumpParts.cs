using DToC.Grains;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Delivery.Queues;

/// <summary>What every pump works with.</summary>
/// <param name="Host">Where effects come from, and where what became of them is kept.</param>
/// <param name="Messages">Makes messages of effects.</param>
/// <param name="Table">The destinations.</param>
/// <param name="Time">The clock.</param>
/// <param name="Draw">A number from 0 to 1, for the jitter of delays.</param>
/// <param name="Log">The log.</param>
internal sealed record PumpParts(
    ITwinHost Host, OutgoingMessages Messages, ConnectorTable Table, TimeProvider Time, Func<double> Draw, ILogger Log);
