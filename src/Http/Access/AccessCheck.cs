using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace DToC.Http.Access;

/// <summary>Lets a request through when its key covers the route's scope.</summary>
internal static class AccessCheck
{
    private const string Scheme = "Bearer ";

    public static void UseAccessCheck(this IApplicationBuilder app)
    {
        var ring = app.ApplicationServices.GetRequiredService<KeyRing>();
        app.Use(async (http, next) =>
        {
            if (await CheckAsync(http, ring) is { } problem) await problem.ExecuteAsync(http);
            else await next(http);
        });
    }

    private static async ValueTask<ProblemResult?> CheckAsync(HttpContext http, KeyRing ring)
    {
        if (http.GetEndpoint() is not { } endpoint) return null;
        if (http.Route() is not { } route)
        {
            // Routing's own answer to a wrong method is an endpoint without an entry and without data.
            return endpoint.DisplayName?.StartsWith("405", StringComparison.Ordinal) == true
                ? null
                : new ProblemResult(
                ProblemKind.ScopeMissing, "This address is not in the table of routes, so no key covers it.");
        }
        if (route.Scope is not { } scope) return null;
        if (TextOf(http.Request.Headers.Authorization) is not { } text)
        {
            return new ProblemResult(
                ProblemKind.KeyMissing, "Send a key in the header Authorization: Bearer KEY.");
        }
        var key = await ring.FindAsync(text, http.RequestAborted);
        if (key is null)
        {
            return new ProblemResult(
                ProblemKind.KeyMissing,
                "The key is not known here, has expired or was revoked; use another one.");
        }
        if (key.Allows(scope)) return null;
        var word = WireJson.Word(scope);
        return new ProblemResult(
            ProblemKind.ScopeMissing, $"This needs a key with the scope '{word}'; an admin can issue one.")
        {
            More = new Dictionary<string, object?>(StringComparer.Ordinal) { ["scope"] = word },
        };
    }

    private static string? TextOf(StringValues header)
    {
        if (header.Count != 1 || header[0] is not { } value
            || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var text = value[Scheme.Length..].Trim();
        return text.Length == 0 ? null : text;
    }
}
