using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Watching;

/// <summary>
/// The slowest turns of the last minutes. A turn that is not among them costs one comparison. Written by the turn
/// loop; read by any thread.
/// </summary>
internal sealed class SlowestTurns
{
    private const int Listed = 16;
    private const long KeptMs = 15 * 60_000;

    private readonly List<SlowTurn> _list = new(Listed);
    private readonly Lock _changing = new();
    private TimeSpan? _floor;

    /// <summary>Turns up to this are not among the slowest; null while there is room for any.</summary>
    public TimeSpan? Floor => _floor;

    /// <summary>Adds a turn above the floor.</summary>
    public void Add(in SlowTurn turn)
    {
        lock (_changing)
        {
            Forget(turn.At);
            if (_list.Count == Listed) _list.RemoveAt(Listed - 1);
            _list.Add(turn);
            _list.Sort(static (a, b) => b.Duration.CompareTo(a.Duration));
            _floor = _list.Count == Listed ? _list[^1].Duration : null;
        }
    }

    /// <summary>Drops what is too old to be shown.</summary>
    public void Forget(Instant now)
    {
        lock (_changing)
        {
            _list.RemoveAll(turn => turn.At.UnixMs < now.UnixMs - KeptMs);
            if (_list.Count < Listed) _floor = null;
        }
    }

    /// <summary>Drops the turns of some grains.</summary>
    public void Forget(IReadOnlySet<GrainKey> keys)
    {
        lock (_changing)
        {
            if (_list.RemoveAll(turn => keys.Contains(turn.Key)) > 0) _floor = null;
        }
    }

    /// <summary>The list, the slowest first.</summary>
    public List<SlowTurn> Read(Instant now)
    {
        lock (_changing) return _list.FindAll(turn => turn.At.UnixMs >= now.UnixMs - KeptMs);
    }
}
