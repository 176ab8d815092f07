using System.Runtime.InteropServices;
using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// Memory for the encoded states of a partition, used again once what was in it is superseded. States live from one
/// event of their grain to the next: as new arrays they would all outlive the collector's youngest generation, and
/// every collection would stop everything to copy those that came since the last. Used by the turn loop only.
/// </summary>
/// <param name="limitBytes">Unused bytes it keeps at most.</param>
internal sealed class StateMemory(long limitBytes)
{
    // Lengths are rounded up, so that a state that grew by a little finds the memory of another.
    private const int Step = 64;
    private const int Longest = 16 * 1024;

    private readonly Stack<byte[]>[] _unused =
        [.. Enumerable.Range(0, Longest / Step).Select(static _ => new Stack<byte[]>())];

    private long _bytes;

    /// <summary>A copy of a state.</summary>
    public HeldState Copy(ReadOnlySpan<byte> state, long version)
    {
        var array = Take(state.Length);
        state.CopyTo(array);
        return new HeldState(array, state.Length, version);
    }

    /// <summary>Takes memory back that nobody reads any more.</summary>
    public void Give(in HeldState state)
    {
        if (state.Array is not { } array) return;
        if (array.Length is 0 or > Longest || array.Length % Step != 0 || _bytes + array.Length > limitBytes) return;
        _bytes += array.Length;
        _unused[(array.Length / Step) - 1].Push(array);
    }

    private byte[] Take(int length)
    {
        if (length is 0 or > Longest) return new byte[length];
        var place = (length - 1) / Step;
        if (!_unused[place].TryPop(out var array)) return GC.AllocateUninitializedArray<byte>((place + 1) * Step);
        _bytes -= array.Length;
        return array;
    }
}

/// <summary>
/// An encoded state in memory: <see cref="StoredState"/> without an object of its own, as there is a new one with every
/// event.
/// </summary>
/// <param name="Array">What it lies at the beginning of; null for no state.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Version">Its version.</param>
internal readonly record struct HeldState(byte[]? Array, int Length, long Version)
{
    /// <summary>True when there is none.</summary>
    public bool IsNone => Array is null;

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Span => Array.AsSpan(0, Length);

    /// <summary>A state that was read for this alone.</summary>
    public static HeldState Of(StoredState state) =>
        MemoryMarshal.TryGetArray(state.Bytes, out var part) && part is { Offset: 0, Array: { } array }
            ? new HeldState(array, part.Count, state.Version)
            : new HeldState(state.Bytes.ToArray(), state.Bytes.Length, state.Version);
}
