using System.Globalization;

namespace DToC.Load.Soak;

/// <summary>
/// What the rows of a soak say. The first quarter is left out: caches fill, code is compiled. Growth is the slope of a
/// straight line through the others (least squares) over their length, against their mean.
/// </summary>
internal sealed class SoakVerdict
{
    /// <summary>Memory may grow by such a share of its mean over what is judged...</summary>
    public const double MostMemoryGrowth = 0.1;

    /// <summary>...or by so much, whichever is more: collections of a heap of a server come seldom.</summary>
    public const double MemorySlackMb = 64;

    /// <summary>A p99 may grow by such a share of its mean over what is judged...</summary>
    public const double MostLatencyGrowth = 0.5;

    /// <summary>...or by so many milliseconds, whichever is more.</summary>
    public const double LatencySlackMs = 5;

    /// <summary>A log may grow by so much over what is judged: it is moved into its file when long.</summary>
    public const double LogSlackMb = 128;

    private readonly List<string> _lines = [];
    private readonly SoakRow[] _rows;

    public SoakVerdict(IReadOnlyList<SoakRow> rows)
    {
        _rows = [.. rows.Skip(rows.Count / 4)];
        Memory("memory", row => row.Vitals.AnonymousMb);
        Memory("managed memory", row => row.Vitals.HeapMb);
        Latency("ack p99", row => row.Ack.P99);
        Latency("query p99", row => row.Query.P99);
        Latency("single p99", row => row.Single.P99);
        Latency("decision p99", row => row.Decision.P99);
        var log = Growth(row => row.Vitals.LogsMb).Growth;
        Say(log <= LogSlackMb, $"logs grow by {log:0} MB (at most {LogSlackMb})");
        Say(_rows[^1].Errors == 0, $"{_rows[^1].Errors} errors (none)");
        Say(_rows[^1].Missing == 0, $"{_rows[^1].Missing} decisions missing (none)");
    }

    /// <summary>True when all is flat and nothing went wrong.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>Each judgement, with its threshold.</summary>
    public IReadOnlyList<string> Lines => _lines;

    private void Memory(string what, Func<SoakRow, double> value)
    {
        var (growth, mean) = Growth(value);
        if (mean <= 0) return; // not to be seen here
        Say(growth <= Math.Max(MemorySlackMb, MostMemoryGrowth * mean),
            $"{what} {mean:0} MB, growing by {growth:0.0} MB (at most {MemorySlackMb} MB or {MostMemoryGrowth:0%})");
    }

    private void Latency(string what, Func<SoakRow, double> value)
    {
        var (growth, mean) = Growth(value);
        Say(growth <= Math.Max(LatencySlackMs, MostLatencyGrowth * mean),
            $"{what} {mean:0.0} ms, growing by {growth:0.0} (at most {LatencySlackMs} or {MostLatencyGrowth:0%})");
    }

    private (double Growth, double Mean) Growth(Func<SoakRow, double> value)
    {
        var (meanX, meanY) = (_rows.Average(row => row.Minute), _rows.Average(value));
        var squares = _rows.Sum(row => (row.Minute - meanX) * (row.Minute - meanX));
        var slope = squares > 0 ? _rows.Sum(row => (row.Minute - meanX) * (value(row) - meanY)) / squares : 0;
        return (slope * (_rows[^1].Minute - _rows[0].Minute), meanY);
    }

    private void Say(bool isGood, FormattableString line)
    {
        IsGood &= isGood;
        _lines.Add($"{(isGood ? "good" : "BAD ")} {line.ToString(CultureInfo.InvariantCulture)}");
    }
}
