namespace DToC.Load;

/// <summary>A temporary folder that is gone at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    private int _count;

    public string Path { get; } = Directory.CreateTempSubdirectory("dtoc-load-").FullName;

    /// <summary>A path in it that nothing has yet.</summary>
    public string New(string name) => System.IO.Path.Combine(Path, $"{name}-{Interlocked.Increment(ref _count)}");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
