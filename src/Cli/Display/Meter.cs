namespace DToC.Cli.Display;

/// <summary>Counts that one task moves on and another shows.</summary>
/// <param name="unit">What is counted, in the plural.</param>
internal sealed class Meter(string unit)
{
    private long _done;
    private long _skipped;

    /// <summary>What is counted.</summary>
    public string Unit { get; } = unit;

    /// <summary>Counted so far, skipped ones left out.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Passed over, since a former run did them.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Part of the whole in 0..1, or null while nobody knows.</summary>
    public Func<double?> Fraction { get; set; } = static () => null;

    /// <summary>Counts some more.</summary>
    public void Add(long count) => Interlocked.Add(ref _done, count);

    /// <summary>Passes one over.</summary>
    public void Skip() => Interlocked.Increment(ref _skipped);
}
