using Microsoft.AspNetCore.Http;

namespace DToC.Http.Console;

/// <summary>What a browser may do with a page: load what is served here, and nothing else.</summary>
internal static class PageHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Sets the headers of a page with figures or a form.</summary>
    public static void Set(HttpResponse response)
    {
        SetOfAsset(response);
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
    }

    /// <summary>Sets those of a style sheet or script.</summary>
    public static void SetOfAsset(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
