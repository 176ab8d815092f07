using System.Collections.Frozen;
using System.Security.Cryptography;
using DToC.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Console;

/// <summary>Style sheet, script and icon of the console, from within this assembly.</summary>
internal static class ConsoleAssets
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["console.css"] = "text/css; charset=utf-8",
        ["console.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    };

    private static readonly FrozenDictionary<string, Asset> Assets =
        Types.ToFrozenDictionary(type => type.Key, type => Read(type.Key, type.Value), StringComparer.Ordinal);

    /// <summary>The address of an asset: another one when its content is another.</summary>
    public static string PathOf(string name) => $"/console/assets/{name}?v={Assets[name].Version}";

    /// <summary>Answers with an asset.</summary>
    public static IResult Get(string name, HttpContext http)
    {
        if (!Assets.TryGetValue(name, out var asset))
        {
            return new ProblemResult(ProblemKind.NotFound, $"There is no asset of this name; there are "
                + $"{string.Join(", ", Types.Keys.Order(StringComparer.Ordinal))}.");
        }
        PageHeaders.SetOfAsset(http.Response);
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(asset.Bytes, asset.Type);
    }

    private static Asset Read(string name, string type)
    {
        using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream($"console/{name}")
            ?? throw new InvalidOperationException($"The assembly lacks its asset {name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(bytes, type, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
    }

    private sealed record Asset(byte[] Bytes, string Type, string Version);
}
