namespace DToC.Load.Client;

/// <summary>Numbers of connections among which each side has its best.</summary>
internal static class ConnectionCounts
{
    /// <summary>For programs that a team runs beside its own.</summary>
    public static readonly int[] ToPeers = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>For servers that many speak to.</summary>
    public static readonly int[] ToServers = [.. ToPeers, 128, 256];
}
