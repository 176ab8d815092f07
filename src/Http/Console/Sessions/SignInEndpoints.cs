using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Console.Pages;
using DToC.Http.Problems;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Console.Sessions;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>: a browser exchanges a key for a session, and ends it.</summary>
internal static class SignInEndpoints
{
    /// <summary>The field of the form that holds the key.</summary>
    public const string KeyField = "key";

    // The scopes that open a room of the console; each room asks for its own besides.
    private const KeyScopes Rooms = KeyScopes.Operate;

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapPage(Routes.SignInPage, (HttpContext http, IAntiforgery antiforgery) => Form(http, antiforgery, null));
        app.MapPage(Routes.SignIn, SignInAsync);
        app.MapPage(Routes.SignOut, SignOutAsync);
    }

    private static async Task<IResult> SignInAsync(
        HttpContext http, IAntiforgery antiforgery, KeyRing ring, ConsoleSessions sessions, HttpOptions options)
    {
        if (await ReadAsync(http, antiforgery) is not { } form)
        {
            return Form(http, antiforgery, "The form was too old. Please try again.", StatusCodes.Status400BadRequest);
        }
        var text = form[KeyField].ToString().Trim();
        if (await ring.FindAsync(text, http.RequestAborted) is not { } key)
        {
            return Form(
                http, antiforgery, "This key is not known here, has expired or was revoked.",
                StatusCodes.Status401Unauthorized);
        }
        if (!key.Allows(Rooms))
        {
            return Form(
                http, antiforgery, "This key lacks the scope “operate”; an admin can issue one that has it.",
                StatusCodes.Status403Forbidden);
        }
        SessionCookie.Write(http, sessions.Open(key), options.SessionLifetime);
        return SeeOther(http, Routes.OperatorsPage.Pattern);
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext http, IAntiforgery antiforgery, ConsoleSessions sessions)
    {
        if (await ReadAsync(http, antiforgery) is null)
        {
            return new ProblemResult(ProblemKind.Malformed, "The form was too old; load the page again.");
        }
        if (SessionCookie.Read(http) is { } token) sessions.Close(token);
        SessionCookie.Remove(http);
        return SeeOther(http, Routes.SignInPage.Pattern);
    }

    /// <summary>The form as sent from a page of ours, or null.</summary>
    private static async ValueTask<IFormCollection?> ReadAsync(HttpContext http, IAntiforgery antiforgery)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = KeyText.MaxChars * 16;
        }
        return http.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(http)
            ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
    }

    private static RazorComponentResult<SignInDocument> Form(
        HttpContext http, IAntiforgery antiforgery, string? problem, int status = StatusCodes.Status200OK)
    {
        PageHeaders.Set(http.Response);
        var tokens = antiforgery.GetAndStoreTokens(http);
        return new RazorComponentResult<SignInDocument>(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(SignInDocument.Problem)] = problem,
            [nameof(SignInDocument.TokenField)] = tokens.FormFieldName,
            [nameof(SignInDocument.Token)] = tokens.RequestToken,
        })
        {
            StatusCode = status,
        };
    }

    private static StatusCodeHttpResult SeeOther(HttpContext http, string path)
    {
        http.Response.Headers.Location = path;
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }
}
