using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace DToC.Http.Simulations;

/// <summary>
/// A thread of low priority that work runs on, with all that comes after its awaits: the operating system gives
/// it what live traffic leaves of a processor.
/// </summary>
internal sealed partial class LowPriorityThread : TaskScheduler, IDisposable
{
    private const int Process = 0; // with 0 for which one: the calling thread, as Linux counts each for itself

    private readonly BlockingCollection<Task> _tasks = [];
    private readonly Thread _thread;

    /// <summary>Starts it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="niceness">See <see cref="HttpOptions.SimulationNiceness"/>.</param>
    public LowPriorityThread(string name, int niceness)
    {
        _thread = new Thread(() => Work(niceness)) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs work on it.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Takes no more work; the thread ends when what it has is done.</summary>
    public void Dispose() => _tasks.CompleteAdding();

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => _tasks.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Thread.CurrentThread == _thread && TryExecuteTask(task);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);

    private void Work(int niceness)
    {
        if (OperatingSystem.IsLinux()) SetPriority(Process, 0, niceness);
        foreach (var task in _tasks.GetConsumingEnumerable()) TryExecuteTask(task);
        _tasks.Dispose();
    }
}
