namespace DToC.Grains;

/// <summary>Committed states of one page of <see cref="ITwinHost.ReadAllAsync"/>.</summary>
/// <param name="States">The states, in order; may be none where all of a page were erased.</param>
/// <param name="Next">Where to go on behind this page, opaque; null at the end.</param>
public sealed record StatePage(IReadOnlyList<KeyedState> States, string? Next)
{
    /// <summary>Most states a page may be asked for.</summary>
    public const int MostStates = 4_096;

    /// <summary>Checks a page size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1 or above
    /// <see cref="MostStates"/>.</exception>
    public static void Check(int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MostStates);
    }
}

/// <summary>A committed state and whose it is.</summary>
/// <param name="Key">The key.</param>
/// <param name="State">Its state.</param>
public readonly record struct KeyedState(GrainKey Key, StoredState State);
