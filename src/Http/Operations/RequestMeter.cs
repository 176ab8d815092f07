using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DToC.Http.Operations;

/// <summary>Measures requests by route and class of status.</summary>
internal static class RequestMeter
{
    public static void UseRequestMeter(this IApplicationBuilder app)
    {
        var meters = app.ApplicationServices.GetRequiredService<ApiMeters>();
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        app.Use(async (http, next) =>
        {
            var started = time.GetTimestamp();
            var isStream = http.Request.ContentType?.Contains("ndjson", StringComparison.OrdinalIgnoreCase) == true;
            meters.Begin(isStream);
            try
            {
                await next(http);
            }
            finally
            {
                meters.End(isStream);
                // The pattern, not the path: a path has a customer in it.
                var route = http.Route();
                meters.Observe(
                    route?.Method ?? "other", route?.Pattern ?? "other", http.Response.StatusCode,
                    time.GetElapsedTime(started));
            }
        });
    }
}
