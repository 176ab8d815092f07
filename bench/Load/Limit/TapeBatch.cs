using DToC.Grains;

namespace DToC.Load.Limit;

/// <summary>What the host writes in one commit of a partition, to the byte.</summary>
/// <param name="Events">Events behind it.</param>
internal sealed record TapeBatch(int Events)
{
    /// <summary>Each changed grain once, in the order of row ids.</summary>
    public List<TapeState> States { get; } = [];

    public List<(long Row, byte[] Key, JournalEntry Entry)> Journal { get; } = [];

    public List<(byte[] Key, Effect.Publish Published)> Outbox { get; } = [];

    public List<(byte[] Key, byte[] Name, long AtMs)> Wakes { get; } = [];
}

/// <summary>A state as it goes to disk.</summary>
internal readonly record struct TapeState(long Row, long Version, byte[] Bytes);
