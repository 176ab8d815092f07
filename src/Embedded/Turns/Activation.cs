using DToC.Embedded.Storage;
using DToC.Embedded.Watching;
using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// A grain in memory. Only the turn loop of its partition changes it, but for the committed state, which
/// the commit loop sets and any thread reads.
/// </summary>
internal sealed class Activation(GrainKey key)
{
    // Object, dictionary node, ring slot and key beside the state's own bytes; measured roughly, on purpose
    // high.
    private const int Overhead = 320;

    private HeldState _committed;
    private int _commits; // odd while the committed state is being replaced

    /// <summary>Its turns of late; a field, as it is counted up in place.</summary>
    public Heat Heat;

    public GrainKey Key { get; } = key;

    /// <summary>Row id in the file; 0 before the first write was handed over.</summary>
    public long Id { get; set; }

    /// <summary>True once an insert of its row was handed over or found on disk.</summary>
    public bool Stored { get; set; }

    /// <summary>The state as of the last turn, committed or not; none when never written.</summary>
    public HeldState Latest { get; private set; }

    /// <summary>Now of the last turn.</summary>
    public long NowMs { get; set; } = long.MinValue;

    /// <summary>Newest row of the key's journal, committed or not; 0 when it has none.</summary>
    public long JournalHead { get; set; }

    /// <summary>The key that seals what is written of it; 0 for none, or before its first write.</summary>
    public long SealKey { get; set; }

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

    /// <summary>True of one that was erased: it takes no message.</summary>
    public bool IsClosed { get; init; }

    /// <summary>How it was let in again after an erasure; null for none.</summary>
    public Readmission? Again { get; init; }

    /// <summary>Bytes it counts for.</summary>
    public int Size => Overhead + Key.Id.Length * 2 + Latest.Length;

    /// <summary>A grain as found on disk, or one never written.</summary>
    public static Activation From(GrainKey key, StoredGrain? stored, Readmission? again = null)
    {
        var activation = new Activation(key) { Again = again };
        if (stored is not { } found) return activation;
        activation.Id = found.Id;
        activation.Stored = true;
        activation.Latest = HeldState.Of(found.State);
        activation._committed = activation.Latest;
        activation.NowMs = found.NowMs;
        activation.JournalHead = found.JournalHead;
        activation.SealKey = found.SealKey;
        return activation;
    }

    /// <summary>The last committed state, null when never written: what reads are served, by any thread.</summary>
    public StoredState? CopyCommitted()
    {
        for (var wait = new SpinWait(); ; wait.SpinOnce())
        {
            var before = Volatile.Read(ref _commits);
            var state = _committed;
            if (state.IsNone && before == 0) return null;
            if (before % 2 != 0 || state.Array is not { } array || state.Length > array.Length) continue;
            var copy = array.AsSpan(0, state.Length).ToArray();
            // No commit since: until one the memory is nobody else's.
            Thread.MemoryBarrier();
            if (before == Volatile.Read(ref _commits)) return new StoredState(copy, state.Version);
        }
    }

    /// <summary>A state is committed, by the thread that commits.</summary>
    /// <returns>The one before it, whose memory nobody reads from then on.</returns>
    public HeldState Commit(in HeldState state)
    {
        var superseded = _committed;
        Interlocked.Increment(ref _commits);
        _committed = state;
        Interlocked.Increment(ref _commits);
        return superseded;
    }

    /// <summary>Takes the encoded state of a turn.</summary>
    /// <returns>By how many bytes the grain grew.</returns>
    public int Take(in HeldState state)
    {
        var before = Latest.Length;
        Latest = state;
        return state.Length - before;
    }
}
