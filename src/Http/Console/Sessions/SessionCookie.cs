using Microsoft.AspNetCore.Http;

namespace DToC.Http.Console.Sessions;

/// <summary>The cookie that carries a session: no script reads it, no other site sends it.</summary>
internal static class SessionCookie
{
    /// <summary>Its name.</summary>
    public const string Name = "dtoc-session";

    /// <summary>The session's token, or null.</summary>
    public static string? Read(HttpContext http) => http.Request.Cookies[Name];

    /// <summary>Gives a token to the browser.</summary>
    public static void Write(HttpContext http, string token, TimeSpan lifetime) =>
        http.Response.Cookies.Append(Name, token, Of(http, lifetime));

    /// <summary>Takes it back.</summary>
    public static void Remove(HttpContext http) => http.Response.Cookies.Delete(Name, Of(http, lifetime: null));

    private static CookieOptions Of(HttpContext http, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };
}
