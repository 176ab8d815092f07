namespace DToC.Load.Client;

/// <summary>Numbers of connections among which each side has its best.</summary>
internal static class ConnectionCounts
{
    public static readonly int[] All = [1, 2, 4, 8, 16, 32, 64];
}
