using System.Collections.Concurrent;
using DToC.Grains;
using DToC.Learn.Simulating;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Simulations;

/// <summary>
/// Runs simulations one after the other, on a thread of low priority that gives way to live traffic. Those that
/// a start finds without an end go on from where they were kept.
/// </summary>
internal sealed partial class SimulationJobs(
    SimulationTable table, ITwinHost host, HttpOptions options, TimeProvider time, ILogger<SimulationJobs> log)
    : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AtStop = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, LiveSimulation> _live = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _added = new(0);

    /// <summary>One that has not ended; null when it has, or there is none.</summary>
    public LiveSimulation? Find(string id) => _live.GetValueOrDefault(id);

    /// <summary>One was added to the table.</summary>
    public void Added(string id)
    {
        _live.GetOrAdd(id, static of => new LiveSimulation(of));
        _added.Release();
    }

    /// <summary>Stops one: one that waits has ended with that, one that runs ends when its work heeds it.</summary>
    public async ValueTask CancelAsync(SimulationHeader header, CancellationToken cancellation)
    {
        var live = Find(header.Id);
        live?.Stop();
        if (header.State == SimulationState.Running && live is not null) return;
        await table.SendAsync(
            new SimulationsMessage.End(header.Id, SimulationState.Cancelled), cancellation);
        Forget(header.Id);
    }

    /// <summary>It is not in the table any more, or has ended there.</summary>
    public void Forget(string id)
    {
        if (!_live.TryRemove(id, out var live)) return;
        live.Stop();
        live.End();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _added.Dispose();
        foreach (var live in _live.Values) live.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await NextAsync(stoppingToken) is { } next) await RunAsync(next, stoppingToken);
                else await _added.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // a fault of the store must not keep later simulations from running
            catch (Exception fault)
#pragma warning restore CA1031
            {
                Faulted(log, fault, "the queue");
                await Task.Delay(AfterFault, time, stoppingToken);
            }
        }
    }

    private async Task<SimulationHeader?> NextAsync(CancellationToken cancellation)
    {
        var open = (await table.ListAsync(cancellation)).Where(header => !header.HasEnded).ToList();
        foreach (var header in open) _live.GetOrAdd(header.Id, static id => new LiveSimulation(id));
        return open.Find(header => header.State == SimulationState.Running) ?? open.FirstOrDefault();
    }

    private async Task RunAsync(SimulationHeader header, CancellationToken stopping)
    {
        var live = _live.GetOrAdd(header.Id, static id => new LiveSimulation(id));
        if (!await table.SendAsync(new SimulationsMessage.Begin(header.Id), stopping))
        {
            Forget(header.Id);
            return;
        }
        var job = new SimulationJob(header, live, table, host, options, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, live.Stopping);
        using var thread = new LowPriorityThread("simulation", options.SimulationNiceness);
        try
        {
            var result = await thread.RunAsync(() => job.RunAsync(ending.Token));
            await EndAsync(header.Id, job, SimulationState.Done, job.Note, result, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It goes on after the next start, from here if the store still takes it.
            await KeepAsync(header.Id, job);
            throw;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(header.Id, job, SimulationState.Cancelled, job.Note, job.Partial(), stopping);
        }
        catch (InvalidOperationException cannot)
        {
            await EndAsync(header.Id, job, SimulationState.Failed, cannot.Message, null, stopping);
        }
#pragma warning disable CA1031 // one simulation's fault must not keep the others from running
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Faulted(log, fault, header.Id);
            await EndAsync(
                header.Id, job, SimulationState.Failed, "It met a fault of the server, which is in its log.", null,
                stopping);
        }
        Forget(header.Id);
    }

    private async Task KeepAsync(string id, SimulationJob job)
    {
        using var brief = new CancellationTokenSource(AtStop);
        try
        {
            await job.KeepAsync(brief.Token);
        }
#pragma warning disable CA1031 // what was kept before stands
        catch (Exception fault)
#pragma warning restore CA1031
        {
            NotKept(log, fault, id);
        }
    }

    private async Task EndAsync(
        string id, SimulationJob job, SimulationState state, string note, SimulationResult? result,
        CancellationToken cancellation)
    {
        var end = new SimulationsMessage.End(id, state)
        {
            Note = note, PathsDone = job.PathsDone, Ground = job.Ground,
        };
        if (result is null)
        {
            await table.EndAsync(end, null, cancellation);
            return;
        }
        var (told, named) = ResultDisclosure.Split(result);
        var kept = new KeptResult(told.ToJson(), job.Worlds());
        if (kept.Json.Length + kept.Worlds.Length + 32L > SimulationTable.MostBytes)
        {
            await table.EndAsync(end with
            {
                State = SimulationState.Failed,
                Note = $"The result takes more than {SimulationTable.MostBytes >> 20} MiB; take fewer paths, weeks, "
                    + "scenarios or groups.",
            }, null, cancellation);
            return;
        }
        await table.EndAsync(end with { Named = [.. named.Where(one => !IsErased(one))] }, kept, cancellation);
        // Whoever is erased just then was not there when the erasure looked for it.
        List<string> erased = [.. named.Where(IsErased).Select(one => one.Customer).Distinct(StringComparer.Ordinal)];
        if (erased.Count == 0) return;
        await table.SendAsync(
            new GrainMessage.RemoveRows([SimulationsGrain.NamedRow(id)]) { Customers = erased }, cancellation);
    }

    private bool IsErased(NamedCustomer named) => host.IsErased(GrainKey.Customer(named.Customer));

    [LoggerMessage(Level = LogLevel.Error, Message = "Simulation {Id} met a fault.")]
    private static partial void Faulted(ILogger log, Exception fault, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last paths of simulation {Id} were not kept.")]
    private static partial void NotKept(ILogger log, Exception fault, string id);
}
