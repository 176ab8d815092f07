namespace DToC.Load.Client;

/// <summary>Work that blocks, each on a thread of its own.</summary>
internal static class OwnThread
{
    /// <summary>Starts work; the task fails as the work does.</summary>
    public static Task Start(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Starts work; the task gives its result.</summary>
    public static Task<T> Start<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
