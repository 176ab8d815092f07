namespace DToC.Twin.Tests;

internal static class Allocation
{
    private const int Rounds = 20;

    /// <summary>
    /// Fails when 1,000 calls, after a warm-up, allocate a byte on this thread. What allocates does so in every
    /// round; what the runtime itself takes once, as when it compiles a method anew, is not taken for it.
    /// </summary>
    public static void IsNone(Action call)
    {
        for (var i = 0; i < 100; i++) call();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++) call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
