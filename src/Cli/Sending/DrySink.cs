namespace DToC.Cli.Sending;

/// <summary>
/// Sends nothing and accepts everything: to see the closing report of a file before it goes out.
/// </summary>
internal sealed class DrySink : EventSink
{
    /// <inheritdoc/>
    public override Task<IReadOnlyList<EventOutcome>> Send(EventBatch batch, CancellationToken cancellation)
    {
        IReadOnlyList<EventOutcome> outcomes = new EventOutcome[batch.Lines.Count];
        return Task.FromResult(outcomes);
    }
}
