using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Upkeep;

/// <summary>
/// A partition's regular work, a step every <see cref="EmbeddedOptions.UpkeepInterval"/>: a probe after a
/// failed commit, so that the host becomes ready again without a message to try with; outbox pruning;
/// retention.
/// </summary>
internal sealed class UpkeepLoop(Partition partition)
{
    private readonly Retention _retention = new(partition);
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// Works until cancelled; a failed step is logged and taken again at the next interval.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(partition.Options.UpkeepInterval, partition.Options.Time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await StepAsync(cancellation);
            }
            catch (StoreException exception)
            {
                partition.Log.UpkeepFailed(partition.Index, exception.Reason, exception);
            }
        }
    }

    /// <summary>One step; never two at a time.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (partition.Problem is not null || partition.LogProblem is not null) await ProbeAsync();
            await PruneAsync(cancellation);
            await _retention.StepAsync(cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    private Task<string?> ProbeAsync() => partition.DoAsync(new Chore(
        onTurnLoop: null,
        static database => database.Execute(
            "INSERT INTO meta(name, value) VALUES('probe', 1) ON CONFLICT DO UPDATE SET value=value+1")));

    private async Task PruneAsync(CancellationToken cancellation)
    {
        var options = partition.Options;
        var before = (options.Time.GetUtcNow() - options.OutboxRetention).ToUnixTimeMilliseconds();
        var oldest = await partition.Readers.ReadAsync(
            static (reader, _) => reader.Database.Number("SELECT recorded FROM outbox ORDER BY seq LIMIT 1"),
            0, cancellation);
        if (oldest is null || oldest >= before) return;
        // The newest row stays: the next sequence after a start is one more than the largest, and cursors
        // hold it.
        await partition.DoAsync(new Chore(onTurnLoop: null, database => database.Execute($"""
            DELETE FROM outbox WHERE seq < (SELECT max(seq) FROM outbox) AND seq <= (
                SELECT max(seq) FROM (SELECT seq, recorded FROM outbox ORDER BY seq LIMIT {options.SweepRows})
                WHERE recorded < {before})
            """)));
    }
}
