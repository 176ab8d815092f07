using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Watching;

/// <summary>
/// The customers of a partition with the most turns in the last minute. Each activation counts its own; only one
/// that passes the least of the list is looked at, so a turn costs an addition and a comparison. Used by the turn
/// loop; read by any thread.
/// </summary>
internal sealed class HottestKeys
{
    /// <summary>Length of the window, in milliseconds.</summary>
    public const int MinuteMs = 60_000;

    private const int Listed = 16;

    private readonly Activation?[] _list = new Activation?[Listed];
    private int _minute;
    private int _floor;

    /// <summary>The time of the turns to come.</summary>
    public void MoveTo(Instant now)
    {
        var minute = (int)(now.UnixMs / MinuteMs);
        if (minute == _minute) return;
        _minute = minute;
        foreach (var grain in _list) grain?.Heat.MoveTo(minute);
        _floor = LeastOfList().Score;
    }

    /// <summary>Counts a turn of a grain.</summary>
    public void Count(Activation grain)
    {
        if (grain.Key.Kind != GrainKind.Customer) return;
        grain.Heat.Add(_minute);
        if (grain.Heat.Score > _floor && !grain.Heat.IsListed) List(grain);
    }

    /// <summary>Takes grains off the list.</summary>
    public void Forget(IReadOnlySet<GrainKey> keys)
    {
        for (var i = 0; i < _list.Length; i++)
        {
            if (_list[i] is { } grain && keys.Contains(grain.Key)) Volatile.Write(ref _list[i], null);
        }
        _floor = LeastOfList().Score;
    }

    /// <summary>The list at a moment, the hottest first.</summary>
    public List<HotKey> Read(Instant now)
    {
        List<HotKey> hottest = [];
        for (var i = 0; i < _list.Length; i++)
        {
            if (Volatile.Read(ref _list[i]) is not { } grain) continue;
            var turns = grain.Heat.PerMinute(now.UnixMs);
            // One put out of memory and read again stands here twice for a while.
            if (turns > 0 && !hottest.Exists(other => other.Key == grain.Key))
                hottest.Add(new HotKey(grain.Key, turns));
        }
        hottest.Sort(static (a, b) => b.TurnsPerMinute.CompareTo(a.TurnsPerMinute));
        return hottest;
    }

    private void List(Activation grain)
    {
        var place = LeastOfList().Place;
        if (_list[place] is { } former) former.Heat.IsListed = false;
        grain.Heat.IsListed = true;
        Volatile.Write(ref _list[place], grain);
        _floor = LeastOfList().Score;
    }

    /// <summary>The first empty place, or the one with the fewest turns.</summary>
    private (int Place, int Score) LeastOfList()
    {
        var (place, score) = (0, int.MaxValue);
        for (var i = 0; i < _list.Length; i++)
        {
            var here = _list[i]?.Heat.Score ?? 0;
            if (here < score) (place, score) = (i, here);
        }
        return (place, score);
    }
}
