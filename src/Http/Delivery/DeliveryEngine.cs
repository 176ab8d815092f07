using System.Threading.Channels;
using DToC.Grains;
using DToC.Http.Delivery.Amqp;
using DToC.Http.Delivery.Queues;
using DToC.Http.Delivery.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Delivery;

/// <summary>Runs the queues of all destinations; each is its own, and a hung one holds up no other.</summary>
internal sealed partial class DeliveryEngine : BackgroundService, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConnectorTable _table;
    private readonly PumpParts _parts;
    private readonly AddressGuard _guard;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _reading = new();
    private readonly Channel<string> _stopped = Channel.CreateBounded<string>(ConnectorsGrain.MaxConnectors);
    private readonly SortedDictionary<string, Pump> _pumps = new(StringComparer.Ordinal);

    public DeliveryEngine(
        ITwinHost host, ConnectorTable table, OutgoingMessages messages, HttpOptions options, TimeProvider time,
        ILogger<DeliveryEngine> log)
    {
        _table = table;
        _guard = new AddressGuard(options.DeliveryNetworks);
        _parts = new PumpParts(host, messages, table, time, Random.Shared.NextDouble, log);
    }

    /// <summary>Figures of all destinations, by name.</summary>
    public IReadOnlyList<DestinationStatus> Status()
    {
        lock (_reading) return [.. _pumps.Values.Select(pump => pump.Status)];
    }

    /// <summary>Figures of one; null when there is none of the name.</summary>
    public DestinationStatus? StatusOf(string name)
    {
        lock (_reading) return _pumps.TryGetValue(name, out var pump) ? pump.Status : null;
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        List<Pump> pumps;
        lock (_reading)
        {
            pumps = [.. _pumps.Values];
            _pumps.Clear();
        }
        await Task.WhenAll(pumps.Select(pump => pump.StopAsync()));
    }

    /// <summary>Takes up what is set for a destination now: made, changed, or gone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isNew">Whether it was only just made, so that nothing that was published waits for it.</param>
    /// <param name="cancellation">Gives up before anything is done.</param>
    /// <param name="between">What is done while its queue stands still; null for nothing.</param>
    public async Task ApplyAsync(
        string name, bool isNew, CancellationToken cancellation, Func<Task>? between = null)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            Pump? before;
            lock (_reading) _pumps.TryGetValue(name, out before);
            if (before is not null) await before.StopAsync();
            // Where it cannot be read the queue goes on as it was.
            var found = before?.Destination.Connector;
            try
            {
                if (between is not null) await between();
                found = await _table.FindAsync(ConnectorRole.Destination, name, CancellationToken.None);
            }
            finally
            {
                var pump = found is null ? null : PumpOf(found, before?.Counters ?? new DeliveryCounters());
                lock (_reading)
                {
                    if (pump is null) _pumps.Remove(name);
                    else _pumps[name] = pump;
                }
                // What the queue meets at its start it deals with itself.
                if (pump?.Running is { } running) await running.StartAsync(isNew).WaitAsync(cancellation);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Of a server that was not stopped before: nothing of it goes on.
        await StopAsync(CancellationToken.None);
        Dispose();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _changing.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var connector in await _table.ListAsync(ConnectorRole.Destination, stoppingToken))
                await ApplyAsync(connector.Name, isNew: false, stoppingToken);
            // One that has stopped by itself is shown as it is stored from now on.
            await foreach (var name in _stopped.Reader.ReadAllAsync(stoppingToken))
                await ApplyStoppedAsync(name, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task ApplyStoppedAsync(string name, CancellationToken stopping)
    {
        try
        {
            await ApplyAsync(name, isNew: false, stopping);
        }
        catch (HostStoreException fault)
        {
            // One that cannot be read now is no reason to end the server.
            NotRead(_parts.Log, name, fault);
            await Task.Delay(Patience, _parts.Time, stopping);
            _stopped.Writer.TryWrite(name);
        }
    }

    /// <summary>The destination with its queue, which has not begun; null of one that cannot be read.</summary>
    private Pump? PumpOf(Connector connector, DeliveryCounters counters)
    {
        try
        {
            var destination = Destination.Of(connector);
            var pump = new Pump(destination, counters);
            if (destination.IsRunning)
            {
                pump.Running = new DestinationPump(destination, _parts, Connect, counters)
                {
                    Stopped = stopped => _stopped.Writer.TryWrite(stopped),
                };
            }
            return pump;
        }
        catch (InvalidDataException fault)
        {
            Unreadable(_parts.Log, connector.Name, fault);
            return null;
        }
    }

    private IDeliverer Connect(Destination destination) => destination.Settings.Kind == DestinationKind.Amqp
        ? new AmqpDeliverer(destination, _guard, _parts.Time)
        : new WebhookDeliverer(destination, _guard, _parts.Time);

    [LoggerMessage(1, LogLevel.Error, "Destination {Destination} cannot be read, and nothing is sent to it.")]
    private static partial void Unreadable(ILogger log, string destination, Exception fault);

    [LoggerMessage(2, LogLevel.Warning, "Destination {Destination} could not be read; that is tried again.")]
    private static partial void NotRead(ILogger log, string destination, Exception fault);

    /// <summary>A destination with its queue, if that runs.</summary>
    private sealed class Pump(Destination destination, DeliveryCounters counters)
    {
        private Task? _stopping;

        public DestinationPump? Running { get; set; }

        public Destination Destination => destination;

        public DeliveryCounters Counters => counters;

        public DestinationStatus Status => Running?.Status ?? counters.In(DestinationPump.Idle(destination));

        /// <summary>Ends it, once.</summary>
        public Task StopAsync() => _stopping ??= Running?.DisposeAsync().AsTask() ?? Task.CompletedTask;
    }
}
