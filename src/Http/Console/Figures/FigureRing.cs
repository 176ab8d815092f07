using DToC.Twin;

namespace DToC.Http.Console.Figures;

/// <summary>The samples of the last minutes, shared by all who look.</summary>
public sealed class FigureRing
{
    /// <summary>Samples kept: 15 minutes of one a second.</summary>
    public const int Capacity = 900;

    private readonly Lock _changing = new();
    private readonly FigureSample?[] _ring = new FigureSample?[Capacity];
    private int _next;

    /// <summary>Adds a sample in place of the oldest.</summary>
    public void Add(FigureSample sample)
    {
        lock (_changing)
        {
            _ring[_next] = sample;
            _next = (_next + 1) % Capacity;
        }
    }

    /// <summary>Samples that ended after a moment, the oldest first.</summary>
    public IReadOnlyList<FigureSample> After(Instant moment)
    {
        var samples = new List<FigureSample>();
        lock (_changing)
        {
            for (var i = 0; i < Capacity; i++)
            {
                if (_ring[(_next + i) % Capacity] is { } sample && sample.At > moment) samples.Add(sample);
            }
        }
        return samples;
    }
}
