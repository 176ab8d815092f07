using DToC.Grains;
using DToC.Twin;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Delivery.Queues;

/// <summary>
/// A destination's queue, from start to end of a setting. A run that fails begins anew from what is kept, after a
/// while; others know nothing of it.
/// </summary>
internal sealed partial class DestinationPump(
    Destination destination, PumpParts parts, Func<Destination, IDeliverer> connect, DeliveryCounters counters)
    : IAsyncDisposable
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private PumpRun? _run;
    private string? _problem;

    /// <summary>Called once it has stopped by itself, as the receiver wants nothing more.</summary>
    public Action<string>? Stopped { get; init; }

    /// <summary>The destination as it was set.</summary>
    public Destination Destination => destination;

    /// <summary>Its figures.</summary>
    public DestinationStatus Status
    {
        get
        {
            var status = Volatile.Read(ref _run)?.Status ?? counters.In(Idle(destination));
            return Volatile.Read(ref _problem) is { } problem ? status with { Problem = problem } : status;
        }
    }

    /// <summary>Figures of a destination that does not run.</summary>
    public static DestinationStatus Idle(Destination destination) =>
        new(destination.Name, destination.Settings.Kind ?? DestinationKind.Webhook)
        {
            IsRunning = destination.IsRunning,
            MaxDead = DeliveriesGrain.MaxDead,
            Problem = destination.Connector.Stopped.Length > 0 ? $"Stopped: {destination.Connector.Stopped}"
                : destination.Settings.Enabled ? null : "Not enabled",
        };

    /// <summary>Begins; when the task given back ends, nothing is missed that is published from then on.</summary>
    /// <param name="isNew">Whether it was only just made, so that nothing that was published waits for it.</param>
    public Task StartAsync(bool isNew)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running = SuperviseAsync(isNew, started);
        return started.Task;
    }

    /// <summary>Ends: what is under way gets a short while, and all that is known is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(bool isNew, TaskCompletionSource started)
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            try
            {
                await using var deliverer = connect(destination);
                var run = new PumpRun(destination, parts, deliverer, counters);
                var running = await run.StartAsync(isNew && !started.Task.IsCompleted, ending.Token);
                Volatile.Write(ref _run, run);
                Volatile.Write(ref _problem, null);
                started.TrySetResult();
                await running;
                await ending.CancelAsync();
                Stopped?.Invoke(destination.Name);
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                started.TrySetResult();
                return;
            }
#pragma warning disable CA1031 // whatever one destination meets is no other's problem
            catch (Exception fault)
#pragma warning restore CA1031
            {
                Faulted(parts.Log, destination.Name, fault);
                Volatile.Write(ref _problem, "It met a fault, which is in the log, and begins anew");
                await ending.CancelAsync();
                started.TrySetResult();
            }
            await Task.Delay(AfterFault, parts.Time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Deliveries to {Destination} met a fault and begin anew.")]
    private static partial void Faulted(ILogger log, string destination, Exception fault);
}
