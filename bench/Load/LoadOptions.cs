namespace DToC.Load;

/// <summary>What is measured and for how long.</summary>
internal sealed record LoadOptions
{
    /// <summary>Repeats of a figure; its median is printed.</summary>
    public const int Repeats = 3;

    /// <summary>Events already folded into each twin.</summary>
    public const int KnownEvents = 50;

    /// <summary>Short repeats.</summary>
    public bool Quick { get; init; }

    /// <summary>Figures to measure; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Length of one repeat.</summary>
    public double RepeatSeconds { get; init; } = 1;

    /// <summary>Partitions of the host, and bare SQLite's files.</summary>
    public int Partitions { get; init; } = 2;

    /// <summary>Customers that events come from.</summary>
    public int Customers { get; init; } = 20_000;

    /// <summary>Twins in memory for the figure of bytes.</summary>
    public int Twins { get; init; } = 200_000;

    /// <summary>Twins on disk for what many of them cost.</summary>
    public int Stored { get; init; } = 2_000_000;

    /// <summary>Whether other databases are measured beside.</summary>
    public bool Peers { get; init; }

    /// <summary>Whether a target that is not met fails the run.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether shares of the time are printed.</summary>
    public bool Profile { get; init; }

    /// <summary>Whether one of the figures was asked for.</summary>
    public bool Wants(params ReadOnlySpan<string> names)
    {
        if (Only.Count == 0) return true;
        foreach (var name in names)
        {
            if (Only.Contains(name, StringComparer.Ordinal)) return true;
        }
        return false;
    }

    /// <summary>How many events a repeat takes at a rate seen before, or a share of it.</summary>
    public int EventsOfRepeat(double ratePerSecond, double share = 1) =>
        (int)Math.Clamp(ratePerSecond * RepeatSeconds * share, 10_000, 2_000_000);
}
