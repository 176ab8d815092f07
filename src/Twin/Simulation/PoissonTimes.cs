using DToC.Twin.Draws;

namespace DToC.Twin.Simulation;

/// <summary>The moments of a Poisson process within so many weeks.</summary>
internal sealed class PoissonTimes(int weeks)
{
    private double[] _times = new double[16];
    private int _count;

    /// <summary>The moments drawn last, in weeks, rising.</summary>
    public ReadOnlySpan<double> Times => _times.AsSpan(0, _count);

    /// <summary>Draws them at a rate a week.</summary>
    public void Draw(Xoshiro256 random, double rate)
    {
        _count = 0;
        if (!(rate > 0)) return;
        var at = 0.0;
        while ((at += random.Exponential() / rate) < weeks)
        {
            if (_count == _times.Length) Array.Resize(ref _times, 2 * _times.Length);
            _times[_count++] = at;
        }
    }
}
