namespace DToC.Embedded.Effects;

/// <summary>
/// Wakes everyone who waits. To miss nothing: take <see cref="Next"/>, look at what it announces, and only
/// then wait for the task taken before.
/// </summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next <see cref="Pulse"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Pulse() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
