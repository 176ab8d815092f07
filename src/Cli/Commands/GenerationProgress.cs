using DToC.Cli.Display;
using DToC.Learn.Synthetic;

namespace DToC.Cli.Commands;

/// <summary>
/// How far a generation is: half of the way is to live all customers, half to hand out their events.
/// </summary>
internal sealed class GenerationProgress
{
    private readonly long _customers;
    private readonly Meter _meter;
    private long _lived;
    private long _events;

    public GenerationProgress(long customers, Meter meter)
    {
        _customers = customers;
        _meter = meter;
        meter.Fraction = Fraction;
    }

    /// <summary>One more customer has been lived.</summary>
    public void See(Truth truth)
    {
        Interlocked.Increment(ref _lived);
        Interlocked.Add(ref _events, truth.Events);
    }

    private double? Fraction()
    {
        var lived = Interlocked.Read(ref _lived) / (double)_customers;
        var total = lived > 0 ? Interlocked.Read(ref _events) / lived : 0; // what all will come to, by those so far
        return total > 0 ? Math.Min(1, (lived + _meter.Done / total) / 2) : 0;
    }
}
