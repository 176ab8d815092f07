namespace DToC.Http.Delivery;

/// <summary>What is sent.</summary>
/// <param name="Id">The same however often it is sent.</param>
/// <param name="Type">What it is about, for example <c>next-best-action</c>.</param>
/// <param name="Body">JSON.</param>
/// <param name="RoutingKey">Where a broker takes it; empty elsewhere.</param>
internal sealed record OutgoingMessage(string Id, string Type, ReadOnlyMemory<byte> Body, string RoutingKey);

/// <summary>Brings messages to one destination. Used by several at a time.</summary>
internal interface IDeliverer : IAsyncDisposable
{
    /// <summary>One attempt; it ends by itself within the destination's time limit.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    ValueTask<DeliveryAnswer> SendAsync(OutgoingMessage message, CancellationToken cancellation);
}
