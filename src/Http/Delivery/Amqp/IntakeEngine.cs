using DToC.Grains;
using DToC.Http.Delivery.Webhooks;
using DToC.Http.Events;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Delivery.Amqp;

/// <summary>Runs all intakes.</summary>
internal sealed partial class IntakeEngine(
    ConnectorTable table, EventIntake events, HttpOptions options, TimeProvider time, ILogger<IntakeEngine> log)
    : BackgroundService, IAsyncDisposable
{
    private readonly AddressGuard _guard = new(options.DeliveryNetworks);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _reading = new();
    private readonly SortedDictionary<string, IntakeRun> _runs = new(StringComparer.Ordinal);

    /// <summary>All intakes, by name.</summary>
    public IReadOnlyList<IntakeForm> List()
    {
        lock (_reading)
        {
            return
            [
                .. _runs.Values.Select(run => new IntakeForm(
                    run.Intake.Name, run.Intake.Settings, run.Intake.Connector.Created, run.Status)),
            ];
        }
    }

    /// <summary>Takes up what is set for an intake now: made, or gone.</summary>
    public async Task ApplyAsync(string name, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            IntakeRun? before;
            lock (_reading) _runs.Remove(name, out before);
            if (before is not null) await before.DisposeAsync();
            if (await table.FindAsync(ConnectorRole.Intake, name, CancellationToken.None) is not { } connector) return;
            var run = new IntakeRun(Intake.Of(connector), events, _guard, options, time, log);
            lock (_reading) _runs[name] = run;
            run.Start();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        List<IntakeRun> runs;
        lock (_reading)
        {
            runs = [.. _runs.Values];
            _runs.Clear();
        }
        foreach (var run in runs) await run.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
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
        foreach (var connector in await table.ListAsync(ConnectorRole.Intake, stoppingToken))
        {
            try
            {
                await ApplyAsync(connector.Name, stoppingToken);
            }
            catch (InvalidDataException fault)
            {
                Unreadable(log, connector.Name, fault);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Intake {Intake} cannot be read, and nothing is fetched by it.")]
    private static partial void Unreadable(ILogger log, string intake, Exception fault);
}
