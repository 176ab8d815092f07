namespace DToC.Learn.Simulating;

/// <summary>How a run goes about it; nothing of it changes what comes out.</summary>
public sealed record SimulationOptions
{
    /// <summary>Threads that run members, 1 or more.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Bytes that members and sums may take. Members that take more are read anew page by page while all paths are run
    /// at once; sums that take more are refused.
    /// </summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Asked before each stretch of work of a fraction of a second; a run beside live traffic waits in it. Null for no
    /// waiting.
    /// </summary>
    public Func<CancellationToken, ValueTask>? GiveWay { get; init; }
}

/// <summary>How far a run has come, and what it takes.</summary>
/// <param name="PathsDone">Paths that everybody was run through.</param>
/// <param name="Paths">Paths asked for.</param>
/// <param name="Fraction">Share of all the work that is done, in [0, 1].</param>
/// <param name="Members">Members in memory, or run so far where they are not kept.</param>
/// <param name="MembersKept">Whether members are kept in memory.</param>
/// <param name="MemberBytes">Bytes members take.</param>
/// <param name="SumBytes">Bytes sums take, those of threads and members included.</param>
public sealed record SimulationProgress(
    int PathsDone, int Paths, double Fraction, long Members, bool MembersKept, long MemberBytes, long SumBytes);
