using DToC.Grains;
using DToC.Http.Console.Sessions;
using DToC.Http.Json;
using DToC.Http.Limits;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace DToC.Http.Access;

/// <summary>Lets a request through when its key covers the route's scope and there is room for it.</summary>
internal static class AccessCheck
{
    private const string Scheme = "Bearer ";

    public static void UseAccessCheck(this IApplicationBuilder app)
    {
        var ring = app.ApplicationServices.GetRequiredService<KeyRing>();
        var sessions = app.ApplicationServices.GetRequiredService<ConsoleSessions>();
        var room = app.ApplicationServices.GetRequiredService<SharedRoom>();
        app.Use(async (http, next) =>
        {
            try
            {
                if (await CheckAsync(http, ring, sessions, room) is { } refusal) await refusal.ExecuteAsync(http);
                else await next(http);
            }
            finally
            {
                room.Leave(http);
            }
        });
    }

    /// <summary>The name of the key that a request came with.</summary>
    /// <exception cref="InvalidOperationException">The route asks for no key.</exception>
    public static string KeyName(this HttpContext http) => http.Key().Name;

    /// <summary>The id of the key that a request came with.</summary>
    /// <exception cref="InvalidOperationException">The route asks for no key.</exception>
    public static string KeyId(this HttpContext http) => http.Key().Id;

    private static AccessKey Key(this HttpContext http) => http.Features.Get<AccessKey>()
        ?? throw new InvalidOperationException("A route without a key has none.");

    private static async ValueTask<IResult?> CheckAsync(
        HttpContext http, KeyRing ring, ConsoleSessions sessions, SharedRoom room)
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
        if (route.IsPage) return await CheckSessionAsync(http, sessions, scope);
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
        http.Features.Set(key);
        return key.Allows(scope) ? room.Enter(http, route, room.ShareOf(key)) : ScopeMissing(scope);
    }

    /// <summary>A person without a session is led to the form; what a page asks for by itself is told so.</summary>
    private static async ValueTask<IResult?> CheckSessionAsync(
        HttpContext http, ConsoleSessions sessions, KeyScopes scope)
    {
        if (await sessions.FindAsync(SessionCookie.Read(http), http.RequestAborted) is { } key)
        {
            return key.Allows(scope) ? null : ScopeMissing(scope);
        }
        return http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? TypedResults.Redirect(Routes.SignInPage.Pattern)
            : new ProblemResult(
                ProblemKind.KeyMissing,
                $"This is for a browser with a session; begin one at {Routes.SignInPage.Pattern}.");
    }

    private static ProblemResult ScopeMissing(KeyScopes scope)
    {
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
