using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DToC.Load.Server;

/// <summary>
/// The least a server of this kind can do: ASP.NET Core built as the product's executable builds it, with an endpoint
/// that reads an event's body to its end and answers 202. It runs in a process of its own.
/// </summary>
internal static class BareServer
{
    /// <summary>The word on the command line of this program that starts it.</summary>
    public const string Verb = "bare-server";

    public static async Task<int> RunAsync(string address, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [] });
        builder.WebHost.UseUrls(address);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        await using var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapPost("/v1/events", AcceptAsync);
        await app.StartAsync(cancellation);
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }

    private static async Task AcceptAsync(HttpContext http)
    {
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}
