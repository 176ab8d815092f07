using DToC.Conformance;

namespace DToC.Fuzz.Mutation;

/// <summary>Values at the edges of what JSON, UTF-8, numbers and times can say, and beyond them.</summary>
internal static class OddTexts
{
    /// <summary>Byte sequences: overlong, cut, of surrogates, beyond Unicode, and controls.</summary>
    public static readonly byte[][] Bytes =
    [
        [0xC0, 0x80], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xC3], [0xE2, 0x82], [0xFF], [0xFE,
        0xFF], [0x00],
        [0x1F], [0x7F], [0x0D, 0x0A], [0x0D], [0x0A], [0xEF, 0xBB, 0xBF], [0xE2, 0x80, 0xAE], [0xE2,
        0x80, 0xA8], [0x5C],
        [0x22], [0x7B], [0x5D],
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "-0.0", "-1", "1e308", "-1e308", "1e309", "-1e999", "1e-400", "4.9e-324", "0.1e1",
        "9007199254740993",
        "9223372036854775807", "-9223372036854775808", "18446744073709551616", "92233720368547758.07",
        "1e15", "1e400000",
        "NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "1e", "0x10", "1_000", "1,5", "--1",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800", "x\\udfff", "\\ud83d\\ude00",
        "\\uFEFFx", "\\u202Eabc",
        "\u202Eabc", "\u200B", "e\u0301", "\u00E9", "\uFFFD", "\\/", "\\\"", "\\n\\r\\t", "NaN", "null",
        "true", "12.5", "12,50",
        "../../etc", "a/b", "%2F", "%00", "'; DROP TABLE t;--", "{\\\"a\\\":1}", "=1+1", "\u2028",
        "\\u001f", "\\q", "\t",
    ];

    private static readonly string[] Times =
    [
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z", "2026-02-30T00:00:00Z",
        "2024-02-29T12:00:00Z", "2026-03-01T24:00:00Z", "2026-12-31T23:59:60Z", "2026-03-01T12:00:00",
        "2026-03-01T12:00:00+99:99", "2026-03-01", "2026-03-01T12:00Z", "-2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.00000000000000000000001Z", "2026-03-01t12:00:00z", "1772366400", "now",
    ];

    private static readonly string[] Others =
        ["null", "true", "false", "{}", "[]", "[[]]", "[null]", "{\"\":0}", "/**/", ""];

    /// <summary>Any value, as JSON text or nearly so.</summary>
    public static string Value(SeededDraws draws) => draws.Below(5) switch
    {
        0 => Numbers[draws.Below(Numbers.Length)],
        1 => $"\"{Times[draws.Below(Times.Length)]}\"",
        2 => Others[draws.Below(Others.Length)],
        _ => Text(draws),
    };

    /// <summary>A text in quotes.</summary>
    public static string Text(SeededDraws draws) => draws.Percent(10)
        ? $"\"{new string((char)draws.Between('a', 'z'), Length(draws))}\""
        : $"\"{Texts[draws.Below(Texts.Length)]}\"";

    /// <summary>The inside of a text or time, for a path, a query, a header.</summary>
    public static string Bare(SeededDraws draws) => draws.Percent(30)
        ? Times[draws.Below(Times.Length)]
        : Texts[draws.Below(Texts.Length)];

    // Around the limits of names, sources, tokens and whole events.
    private static int Length(SeededDraws draws) => draws.Below(6) switch
    {
        0 => draws.Between(62, 66),
        1 => draws.Between(126, 130),
        2 => draws.Between(255, 258),
        3 => draws.Between(32_000, 33_000),
        _ => draws.Between(1, 5_000),
    };
}
