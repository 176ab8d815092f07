using DToC.Http.Console.Figures;
using DToC.Http.Console.Pages;
using DToC.Http.Console.Sessions;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DToC.Http.Console.Live;

/// <summary>The operators' page, and the stream of what changes on it.</summary>
internal static class OperatorsEndpoints
{
    public static void MapOperatorsPage(this IEndpointRouteBuilder app)
    {
        // Made here so that it draws from the first look on.
        var feeds = app.ServiceProvider.GetRequiredService<LiveFeeds>();
        app.MapPage(Routes.OperatorsPage, Page);
        app.MapPage(Routes.OperatorsLive, (
            HttpContext http, int? range, FigureSampler sampler, ConsoleSessions sessions, HttpOptions options,
            IHostApplicationLifetime lifetime) =>
            StreamAsync(http, feeds.Of(TimeRange.Of(range)), sampler, sessions, options, lifetime));
    }

    private static RazorComponentResult<OperatorsDocument> Page(
        HttpContext http, int? range, FigureSampler sampler, IAntiforgery antiforgery)
    {
        PageHeaders.Set(http.Response);
        var tokens = antiforgery.GetAndStoreTokens(http);
        return new RazorComponentResult<OperatorsDocument>(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(OperatorsDocument.Board)] = sampler.Board(TimeRange.Of(range)),
            [nameof(OperatorsDocument.TokenField)] = tokens.FormFieldName,
            [nameof(OperatorsDocument.Token)] = tokens.RequestToken,
        });
    }

    private static async Task<IResult> StreamAsync(
        HttpContext http, LiveFeed feed, FigureSampler sampler, ConsoleSessions sessions, HttpOptions options,
        IHostApplicationLifetime lifetime)
    {
        if (!sampler.TryEnter(options.MaxViewers))
        {
            return new ProblemResult(
                ProblemKind.Unavailable, $"{options.MaxViewers} pages are open already, which is the most.")
            {
                RetryAfter = options.Heartbeat,
            };
        }
        feed.Enter();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            await http.Response.Body.FlushAsync(ending.Token);
            await SendAsync(http, feed, sessions, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The viewer has gone, or the server stops.
        }
        finally
        {
            feed.Leave();
            sampler.Leave();
        }
        return Results.Empty;
    }

    /// <summary>Sends what is newer than what the viewer has, until its session ends.</summary>
    private static async Task SendAsync(
        HttpContext http, LiveFeed feed, ConsoleSessions sessions, CancellationToken cancellation)
    {
        var output = http.Response.Body;
        var seen = 0L;
        while (true)
        {
            var drawing = await feed.Next.WaitAsync(cancellation);
            if (await sessions.FindAsync(SessionCookie.Read(http), cancellation) is not { } key
                || !key.Allows(Routes.OperatorsLive.Scope.GetValueOrDefault()))
            {
                await output.WriteAsync("event: ended\ndata: {}\n\n"u8.ToArray(), cancellation);
                return;
            }
            foreach (var (number, panel) in drawing.Panels)
            {
                if (number > seen) await output.WriteAsync(panel, cancellation);
            }
            seen = drawing.Number;
            await output.FlushAsync(cancellation);
        }
    }
}
