using DToC.Http.Console.Figures;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Console.Live;

/// <summary>The feeds of all ranges. What nobody looks at is not drawn.</summary>
internal sealed partial class LiveFeeds
{
    private readonly FigureSampler _sampler;
    private readonly IServiceProvider _services;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly LiveFeed[] _feeds = [.. TimeRange.All.Select(range => new LiveFeed(range))];

    public LiveFeeds(FigureSampler sampler, IServiceProvider services, ILoggerFactory logs)
    {
        (_sampler, _services, _logs) = (sampler, services, logs);
        _log = logs.CreateLogger<LiveFeeds>();
        sampler.AfterSample = DrawAsync;
    }

    /// <summary>The feed of a range.</summary>
    public LiveFeed Of(TimeRange range) => Array.Find(_feeds, feed => feed.Range == range)
        ?? throw new ArgumentException($"There is no feed of {range}.", nameof(range));

    private async Task DrawAsync(CancellationToken cancellation)
    {
        foreach (var feed in _feeds)
        {
            if (!feed.IsWatched) continue;
            try
            {
                var board = _sampler.Board(feed.Range);
                await using var renderer = new HtmlRenderer(_services, _logs);
                await renderer.Dispatcher.InvokeAsync(() => feed.DrawAsync(renderer, board));
            }
#pragma warning disable CA1031 // a panel that cannot be drawn must not end the looking at figures
            catch (Exception exception)
#pragma warning restore CA1031
            {
                NotDrawn(_log, exception);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The operators' page could not be drawn.")]
    private static partial void NotDrawn(ILogger log, Exception exception);
}
