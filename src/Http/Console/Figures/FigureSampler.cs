using DToC.Grains;
using DToC.Http.Delivery;
using DToC.Http.Operations;
using DToC.Http.Quarantine;
using DToC.Twin;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Console.Figures;

/// <summary>Looks at the figures once a second, for all who watch; nobody else asks the host.</summary>
internal sealed partial class FigureSampler(
    ITwinHost host, ApiMeters meters, QuarantineShelf shelf, DeliveryEngine deliveries, TimeProvider time,
    ILogger<FigureSampler> log)
    : BackgroundService
{
    private const int QuarantineEverySeconds = 10;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FigureRing _ring = new();
    private readonly Queue<FigureCounts> _recent = new();
    private readonly Lock _counting = new();
    private FigureCounts? _last;
    private QuarantineCounts? _quarantine;
    private int _viewers;

    /// <summary>Done after each look.</summary>
    public Func<CancellationToken, Task>? AfterSample { get; set; }

    /// <summary>Pages that are being looked at.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    /// <summary>A page is opened, if there is room.</summary>
    public bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref _viewers) <= limit) return true;
        Leave();
        return false;
    }

    /// <summary>A page is closed.</summary>
    public void Leave() => Interlocked.Decrement(ref _viewers);

    /// <summary>What there is to see now.</summary>
    public FigureBoard Board(TimeRange range)
    {
        FigureCounts? counts, before;
        lock (_counting)
        {
            counts = _last;
            before = _recent.Count > 0 ? _recent.Peek() : counts;
        }
        counts ??= Count();
        return new FigureBoard
        {
            Counts = counts,
            Before = before ?? counts,
            Samples = _ring.After(counts.At.PlusMs(-range.Minutes * 60_000L)),
            Range = range,
            NotFolded = meters.NotFolded(),
            Quarantine = Volatile.Read(ref _quarantine),
            Destinations = deliveries.Status(),
            Plan = host.Plans.Current,
            Viewers = Viewers,
        };
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Second, time);
        try
        {
            for (var second = 0; ; second++)
            {
                Take();
                if (second % QuarantineEverySeconds == 0) await CountQuarantineAsync(stoppingToken);
                if (AfterSample is { } after) await after(stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private FigureCounts Count() => new(Instant.From(time.GetUtcNow()), meters.Read(), host.Status());

    private void Take()
    {
        var counts = Count();
        lock (_counting)
        {
            // A clock set back would make a second of no length.
            if (_last is { } before && counts.At > before.At) _ring.Add(FigureSample.Between(before, counts));
            _last = counts;
            _recent.Enqueue(counts);
            if (_recent.Count > FigureBoard.NowSeconds + 1) _recent.Dequeue();
        }
    }

    private async Task CountQuarantineAsync(CancellationToken cancellation)
    {
        try
        {
            Volatile.Write(ref _quarantine, await shelf.CountBySourceAsync(cancellation));
        }
#pragma warning disable CA1031 // a file that cannot be read is the host's problem; figures go on
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            NotCounted(log, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The quarantine could not be counted for the operators' page.")]
    private static partial void NotCounted(ILogger log, Exception exception);
}
