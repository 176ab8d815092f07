using DToC.Grains;
using DToC.Http.Limits;
using DToC.Twin;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Delivery.Queues;

/// <summary>One delivery that is tried: for the first time, or again.</summary>
/// <param name="Fresh">As it was read; null of one that waited.</param>
/// <param name="Waiting">As it waited; null of a fresh one.</param>
internal sealed record Attempt(FreshDelivery? Fresh, WaitingIndex.Waiting? Waiting)
{
    /// <summary>False when it was not tried after all: it goes on waiting as if nothing had been.</summary>
    public bool WasMade { get; init; }

    /// <summary>Whether it was not tried because the host could not be read.</summary>
    public bool HostFailed { get; init; }

    /// <summary>What came of it; null of one that is not for this destination any more.</summary>
    public DeliveryAnswer? Answer { get; init; }
}

/// <summary>Tries a delivery: waits for its turn by the rate, looks whether it may still leave, sends it.</summary>
internal sealed partial class AttemptRun(
    Destination destination, PumpParts parts, IDeliverer deliverer, DeliveryCounters counters)
{
    private readonly TokenBucket? _rate = destination.Settings.RatePerSecond is { } perSecond
        ? new TokenBucket(perSecond, parts.Time) : null;

    /// <summary>The attempt, with what came of it.</summary>
    public async Task<Attempt> RunAsync(Attempt attempt, Breaker breaker, CancellationToken cancellation)
    {
        try
        {
            if (_rate?.Owe(1) is { Ticks: > 0 } wait) await Task.Delay(wait, parts.Time, cancellation);
            // After the wait: between the choice and this moment the customer may have said no.
            if (await MessageOfAsync(attempt, cancellation) is not { } message)
            {
                counters.Withheld();
                return attempt with { WasMade = true };
            }
            if (await breaker.TryAsync(deliverer, message, cancellation) is not { } answer) return attempt;
            if (answer is DeliveryAnswer.Taken) counters.Taken();
            else counters.NotTaken();
            return attempt with { WasMade = true, Answer = answer };
        }
        catch (OperationCanceledException)
        {
            return attempt;
        }
        catch (HostStoreException)
        {
            return attempt with { HostFailed = true };
        }
#pragma warning disable CA1031 // one message that cannot be made must not hold up the others
        catch (Exception fault)
#pragma warning restore CA1031
        {
            CannotBeMade(parts.Log, destination.Name, fault);
            counters.NotTaken();
            return attempt with
            {
                WasMade = true,
                Answer = new DeliveryAnswer.NotTaken(DeliveryReasons.CannotBeMade),
            };
        }
    }

    private async ValueTask<OutgoingMessage?> MessageOfAsync(Attempt attempt, CancellationToken cancellation)
    {
        if (attempt.Fresh is { } fresh)
        {
            return await parts.Messages.ReadAsync(
                destination, fresh.Published.Id, fresh.Topic, fresh.Published.Payload, cancellation);
        }
        var row = KeptDelivery.RowOf(KeptDelivery.Waiting, attempt.Waiting?.Number ?? 0);
        if (await parts.Host.ReadRowAsync(DeliveriesGrain.KeyOf(destination.Name), row, cancellation) is not { } stored)
            return null; // it went with its customer
        var kept = KeptDelivery.FromBytes(stored);
        return await parts.Messages.ReadAsync(destination, kept.Effect, kept.Topic, kept.Payload, cancellation);
    }

    [LoggerMessage(1, LogLevel.Error, "A message to destination {Destination} could not be made.")]
    private static partial void CannotBeMade(ILogger log, string destination, Exception fault);
}
