using DToC.Embedded.Storage;
using DToC.Embedded.Watching;
using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// A grain in memory. Only the turn loop of its partition changes it, but for <see cref="Committed"/>, which
/// the commit loop sets and any thread reads.
/// </summary>
internal sealed class Activation(GrainKey key)
{
    // Object, dictionary node, ring slot and key beside the state's own bytes; measured roughly, on purpose
    // high.
    private const int Overhead = 320;

    private StoredState? _committed;

    /// <summary>Its turns of late; a field, as it is counted up in place.</summary>
    public Heat Heat;

    public GrainKey Key { get; } = key;

    /// <summary>Row id in the file; 0 before the first write was handed over.</summary>
    public long Id { get; set; }

    /// <summary>True once an insert of its row was handed over or found on disk.</summary>
    public bool Stored { get; set; }

    /// <summary>The state as of the last turn, committed or not; null when never written.</summary>
    public StoredState? Latest { get; private set; }

    /// <summary>
    /// The last committed state. Its bytes hold until it is superseded: other threads than the partition's own take
    /// <see cref="CopyCommitted"/>.
    /// </summary>
    public StoredState? Committed
    {
        get => Volatile.Read(ref _committed);
        set => Volatile.Write(ref _committed, value);
    }

    /// <summary>Now of the last turn.</summary>
    public long NowMs { get; set; } = long.MinValue;

    /// <summary>Newest row of the key's journal, committed or not; 0 when it has none.</summary>
    public long JournalHead { get; set; }

    /// <summary>The last batch that changes it.</summary>
    public long ChangedIn { get; set; }

    /// <summary>The decoded state while the current batch folds; null between batches.</summary>
    public GrainState? Live { get; set; }

    /// <summary>Rows written and not yet known to be committed.</summary>
    public RowOverlay? Rows { get; set; }

    /// <summary>Used since the eviction hand passed.</summary>
    public bool Referenced { get; set; } = true;

    /// <summary>Place in the eviction ring.</summary>
    public int Slot { get; set; }

    /// <summary>Bytes it counts for.</summary>
    public int Size => Overhead + Key.Id.Length * 2 + (Latest?.Bytes.Length ?? 0);

    /// <summary>A grain as found on disk, or one never written.</summary>
    public static Activation From(GrainKey key, StoredGrain? stored)
    {
        var activation = new Activation(key);
        if (stored is not { } found) return activation;
        activation.Id = found.Id;
        activation.Stored = true;
        activation.Latest = found.State;
        activation.Committed = found.State;
        activation.NowMs = found.NowMs;
        activation.JournalHead = found.JournalHead;
        return activation;
    }

    /// <summary>The last committed state, by any thread: what reads are served.</summary>
    public StoredState? CopyCommitted()
    {
        for (var state = Committed; state is not null; state = Committed)
        {
            var copy = state with { Bytes = state.Bytes.ToArray() };
            // Still the committed one after all was copied: until then its memory was nobody else's.
            Thread.MemoryBarrier();
            if (ReferenceEquals(state, Committed)) return copy;
        }
        return null;
    }

    /// <summary>Takes the encoded state of a turn.</summary>
    /// <returns>By how many bytes the grain grew.</returns>
    public int Take(ReadOnlyMemory<byte> encoded, long version)
    {
        var before = Latest?.Bytes.Length ?? 0;
        Latest = new StoredState(encoded, version);
        return encoded.Length - before;
    }
}
