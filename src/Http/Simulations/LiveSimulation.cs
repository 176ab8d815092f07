using DToC.Learn.Simulating;

namespace DToC.Http.Simulations;

/// <summary>A simulation that has not ended, in the memory of this process. May be used from any thread.</summary>
internal sealed class LiveSimulation(string id) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _changed = NewSignal();
    private SimulationProgress? _progress;
    private SimulationResult? _partial;
    private bool _hasEnded;

    public string Id => id;

    /// <summary>Ends its work when somebody stops it.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>As it stands, and what completes when it stands otherwise.</summary>
    public (SimulationProgress? Progress, SimulationResult? Partial, bool HasEnded, Task Changed) Look()
    {
        lock (_lock) return (_progress, _partial, _hasEnded, _changed.Task);
    }

    /// <summary>It has come further.</summary>
    /// <param name="progress">How far.</param>
    /// <param name="partial">What it comes to so far, as may be told; null leaves what was said before.</param>
    public void Move(SimulationProgress progress, SimulationResult? partial) =>
        Change(() => (_progress, _partial) = (progress, partial ?? _partial));

    /// <summary>It has ended, and its table says how.</summary>
    public void End() => Change(() => _hasEnded = true);

    /// <summary>Asks it to end.</summary>
    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    private void Change(Action change)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            change();
            (before, _changed) = (_changed, NewSignal());
        }
        before.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
