namespace DToC.Twin.Tests;

internal static class Allocation
{
    /// <summary>Fails when 1,000 calls, after a warm-up, allocate a byte on this thread.</summary>
    public static void IsNone(Action call)
    {
        for (var i = 0; i < 100; i++) call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) call();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
