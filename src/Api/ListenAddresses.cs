using System.Net;

namespace DToC.Api;

/// <summary>
/// Where the server listens, and whether that is safe: keys and customers travel in what it is sent.
/// </summary>
internal static class ListenAddresses
{
    /// <summary>
    /// All addresses the server will listen on: those given, and those of its configuration.
    /// </summary>
    public static IReadOnlyList<string> Of(string? urls, IConfiguration configuration)
    {
        var given = (urls ?? configuration["urls"] ?? Switches.DefaultUrl)
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // Endpoints of Kestrel's own section take the place of urls.
        var configured = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        return configured.Count > 0 ? configured : given;
    }

    /// <summary>Why these addresses are refused, or null.</summary>
    public static string? Fault(IReadOnlyList<string> addresses, bool allowInsecureRemote)
    {
        foreach (var address in addresses)
        {
            if (!TryParse(address, out var scheme, out var host))
            {
                return $"'{address}' is not an address; write http://HOST:PORT or https://HOST:PORT.";
            }
            if (allowInsecureRemote || scheme == "https" || IsLoopback(host)) continue;
            return $"{address} can be reached from other machines without TLS, so keys and customers would "
                + "be "
                + "open to all between. Listen on 127.0.0.1, or on https, or say --allow-insecure-remote "
                + "(behind a proxy that ends TLS).";
        }
        return null;
    }

    private static bool TryParse(string address, out string scheme, out string host)
    {
        (scheme, host) = ("", "");
        var end = address.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0) return false;
        scheme = address[..end].ToLowerInvariant();
        if (scheme is not ("http" or "https")) return false;
        var authority = address[(end + 3)..].TrimEnd('/');
        if (authority.StartsWith('['))
        {
            var close = authority.IndexOf(']', StringComparison.Ordinal);
            if (close < 0) return false;
            host = authority[1..close];
        }
        else
        {
            var colon = authority.LastIndexOf(':');
            host = colon < 0 ? authority : authority[..colon];
        }
        return host.Length > 0 && !host.Contains('/', StringComparison.Ordinal);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
