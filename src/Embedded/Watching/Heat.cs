namespace DToC.Embedded.Watching;

/// <summary>
/// Turns of one grain in this minute and the one before. Part of an activation, changed by its turn loop; another
/// thread that reads it may see the two numbers of different moments, which an estimate bears.
/// </summary>
internal struct Heat
{
    private int _minute;
    private int _before;
    private int _now;

    /// <summary>True while it stands in the list of the hottest.</summary>
    public bool IsListed;

    /// <summary>Turns of both minutes.</summary>
    public readonly int Score => _before + _now;

    /// <summary>Counts a turn.</summary>
    public void Add(int minute)
    {
        MoveTo(minute);
        _now++;
    }

    /// <summary>Lets minutes that are over fall out.</summary>
    public void MoveTo(int minute)
    {
        if (minute == _minute) return;
        _before = minute == _minute + 1 ? _now : 0;
        _now = 0;
        _minute = minute;
    }

    /// <summary>
    /// Turns in the 60 seconds up to a moment, as if those of the minute before had come evenly.
    /// </summary>
    public readonly double PerMinute(long unixMs)
    {
        var (minute, ms) = Math.DivRem(unixMs, HottestKeys.MinuteMs);
        var left = 1 - ms / (double)HottestKeys.MinuteMs;
        if (minute == _minute) return _before * left + _now;
        return minute == _minute + 1 ? _now * left : 0;
    }
}
