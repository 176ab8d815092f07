namespace DToC.Cli.Sending;

/// <summary>Where events go. Closed: its cases live in this project.</summary>
internal abstract class EventSink : IAsyncDisposable
{
    private protected EventSink()
    {
    }

    /// <summary>
    /// Sends a batch and returns one outcome for each event, in order, when all that is accepted is durable.
    /// Batches may be under way at the same time. Sending one again does no harm: event ids are stable.
    /// </summary>
    /// <exception cref="CommandFailure">There is no going on.</exception>
    public abstract Task<IReadOnlyList<EventOutcome>> Send(EventBatch batch, CancellationToken cancellation);

    /// <summary>Ends what is under way and closes; nothing is sent from then on.</summary>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
