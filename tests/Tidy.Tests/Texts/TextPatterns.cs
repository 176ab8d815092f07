using System.Text.RegularExpressions;

namespace DToC.Tidy.Texts;

/// <summary>
/// What no text may hold. The words are spelled in pieces, so that this file may be looked over too.
/// </summary>
internal static class TextPatterns
{
    private const RegexOptions Any = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    public static readonly Regex MachinePath =
        new(@"(?<![\w.)}-])/(?:wo" + "rk|ro" + "ot)/", RegexOptions.CultureInvariant);

    public static readonly Regex PassingPath = new(@"(?<![\w.)}-])/t" + "mp/", RegexOptions.CultureInvariant);

    public static readonly Regex PackageHost =
        new(@"nuget\.o" + @"rg|npmjs\.o" + @"rg|npmjs\.c" + @"om|debian\.o" + @"rg|pypi\.o" + "rg", Any);

    public static readonly Regex WritingPlace = new(@"\bhel" + "per-|san" + "dbox|work" + "place", Any);

    /// <summary>
    /// Private keys, keys of this product with their secret, and tokens of widespread services.
    /// </summary>
    public static readonly Regex Secret = new(
        string.Join('|',
            "-----BEGIN [A-Z ]*PRIV" + "ATE KEY-----",
            @"\bdt" + @"oc_[0-9a-f]{6,}_[\w-]{20,}",
            @"\bAK" + @"IA[0-9A-Z]{16}\b",
            @"\bgh[pousr]_\w{36}",
            @"\bey" + @"J[\w-]{10,}\.ey" + @"J[\w-]{10,}\.[\w-]{10,}"),
        RegexOptions.CultureInvariant);
}
