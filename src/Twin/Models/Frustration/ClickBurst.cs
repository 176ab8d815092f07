using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Twin.Models.Frustration;

/// <summary>
/// Finds rage clicks: a number of clicks on one thing within a time. Holds the moments of the last clicks; the default
/// value has seen none. Clicks are to come in order of time, so it belongs to the ordered part of a state.
/// </summary>
/// <remarks>States keep it as <see cref="Longs"/> longs: its layout is a stored format.</remarks>
[StructLayout(LayoutKind.Sequential)]
public struct ClickBurst
{
    /// <summary>Most clicks a burst may ask for.</summary>
    public const int MaxClicks = 8;

    /// <summary>Longs of its size.</summary>
    public const int Longs = MaxClicks + 2;

    private Moments _moments;
    private ulong _target;
    private long _count;

    /// <summary>Clicks held that may become part of a burst.</summary>
    public readonly int Count => (int)_count;

    /// <summary>
    /// Takes a click; true when it completes a burst. The clicks of a burst are then spent: the next one asks for as
    /// many again.
    /// </summary>
    /// <param name="atMs">When, in milliseconds since 1970; before the last click it counts as of that moment.</param>
    /// <param name="target">A hash of what was clicked; another one begins anew.</param>
    /// <param name="clicks">How many make a burst, 2 to <see cref="MaxClicks"/>.</param>
    /// <param name="withinMs">From its first to its last at most so long; 0 or more.</param>
    public bool Observe(long atMs, ulong target, int clicks, long withinMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clicks, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clicks, MaxClicks);
        if (target != _target) (_target, _count) = (target, 0);
        var count = Count;
        if (count > 0) atMs = Math.Max(atMs, _moments[count - 1]);
        // What is too long ago can be part of no burst that ends now or later.
        var old = 0;
        while (old < count && (atMs - _moments[old] > withinMs || count - old >= clicks)) old++;
        for (var i = old; i < count; i++) _moments[i - old] = _moments[i];
        count -= old;
        _moments[count++] = atMs;
        _count = count < clicks ? count : 0;
        return _count == 0;
    }

    [InlineArray(MaxClicks)]
    private struct Moments
    {
        private long _first;
    }
}
