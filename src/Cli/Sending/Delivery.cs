using DToC.Cli.Display;

namespace DToC.Cli.Sending;

/// <summary>How events are sent.</summary>
/// <param name="BatchEvents">Events a request, 1..<see cref="EventBatch.MaxEvents"/>.</param>
/// <param name="InFlight">Requests under way at once, 1 or more.</param>
internal sealed record DeliveryOptions(int BatchEvents = 1_000, int InFlight = 4);

/// <summary>
/// Sends a stream of events through a sink, a few batches at a time, and counts what became of them. Memory
/// holds
/// <see cref="DeliveryOptions.InFlight"/> + 1 batches, however long the stream.
/// </summary>
internal sealed class Delivery(
    EventSink sink, DeliveryOptions options, Meter meter, ResumeFile? resume = null, Pace? pace = null)
{
    private readonly Queue<(EventBatch Batch, Task<IReadOnlyList<EventOutcome>> Answer)> _underWay = new();
    private Tally _tally = new();
    private long _done;

    /// <summary>Sends all events but those a former run sent already; returns the outcomes of both.</summary>
    /// <exception cref="CommandFailure">The sink cannot go on; the resume file names the last durable
    /// batch.</exception>
    public async Task<Tally> Run(IEnumerable<ReadOnlyMemory<byte>> events, CancellationToken cancellation)
    {
        var skip = 0L;
        if (resume?.Load() is { } point)
            (skip, _done, _tally) = (point.Events, point.Events, point.Tally);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var batch = new EventBatch();
            foreach (var line in events)
            {
                if (skip > 0)
                {
                    skip--;
                    meter.Skip();
                    continue;
                }
                if (batch.IsFullFor(line, options.BatchEvents))
                {
                    await Start(batch, stop.Token);
                    batch = new EventBatch();
                }
                batch.Add(line);
            }
            if (batch.Lines.Count > 0)
                await Start(batch, stop.Token);
            while (_underWay.Count > 0)
                await FinishOldest();
            return _tally;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            // Nothing of a failed run may still be on its way when the caller goes on.
            await Task.WhenAll(_underWay.Select(entry => entry.Answer)).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task Start(EventBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_underWay.Count >= options.InFlight)
            await FinishOldest();
        if (pace != null)
            await pace.Wait(batch.Lines.Count, cancellation);
        _underWay.Enqueue((batch, sink.Send(batch, cancellation)));
    }

    // In order of sending, so that what is done is always a beginning of the stream.
    private async Task FinishOldest()
    {
        var (batch, answer) = _underWay.Peek();
        foreach (var outcome in await answer)
            _tally.Add(outcome);
        _underWay.Dequeue();
        _done += batch.Lines.Count;
        meter.Add(batch.Lines.Count);
        resume?.Save(_done, _tally);
    }
}
