using System.Text.RegularExpressions;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Definitions.Reading;

/// <summary>What a text must look like.</summary>
/// <param name="What">The text with its article, for messages: <c>an identifier</c>.</param>
/// <param name="Hint">How to write one; the empty text when there is no pattern.</param>
/// <param name="Longest">UTF-16 code units allowed.</param>
/// <param name="Pattern">A pattern for the whole text that .NET and ECMAScript understand alike, or null.</param>
internal sealed record TextPattern(string What, string Hint, int Longest, string? Pattern)
{
    public static readonly TextPattern Text = new("a text", "", Limits.TextLength, null);

    public static readonly TextPattern Rule = new(
        "a rule", "an expression, not empty", Limits.RuleLength, @"[\s\S]*\S[\s\S]*");

    // No blank at either end and no control characters: such names look alike and are not.
    public static readonly TextPattern Name = new(
        "a name", "at least one character, no blank at an end, no control characters",
        Limits.NameLength, @"[^\s\x00-\x1F\x7F]([^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F])?");

    public static readonly TextPattern Slug = new(
        "a short name", "letters, digits, - and _", Limits.NameLength, "[A-Za-z0-9_-]+");

    public static readonly TextPattern Identifier = new(
        "an identifier", "letters, digits and _, no digit first, because rules name it",
        Limits.NameLength, "[A-Za-z_][A-Za-z0-9_]*");

    // A dot parts event from signal in references such as "Order Completed.total".
    public static readonly TextPattern EventName = new(
        "an event name", "no dot, no blank at an end, no control characters",
        Limits.NameLength, @"[^\s.\x00-\x1F\x7F]([^.\x00-\x1F\x7F]*[^\s.\x00-\x1F\x7F])?");

    public static readonly TextPattern Path = new(
        "a path below properties", "keys joined by dots, for example shipping.country",
        Limits.PathLength, @"[^.\[\]]+(\.[^.\[\]]+)*");

    public static readonly TextPattern SignalPath = new(
        "a path below properties",
        "keys joined by dots, with [] behind at most one key that holds a list, for example products[].price",
        Limits.PathLength, @"[^.\[\]]+(\.[^.\[\]]+)*(\[\](\.[^.\[\]]+)*)?");

    // No folder and nothing hidden: a file beside the definition, and the last part of a path of the API.
    public static readonly TextPattern FileName = new(
        "a file name", "letters, digits, ., - and _, no . or - first",
        Limits.NameLength, "[A-Za-z0-9_][A-Za-z0-9._-]*");

    public static readonly TextPattern Currency = new(
        "a currency", "an ISO 4217 code of three capitals, for example EUR", 3, "[A-Z]{3}");

    public static readonly TextPattern TimeOfDay = new(
        "a time of day", "HH:MM from 00:00 to 23:59", 5, "([01][0-9]|2[0-3]):[0-5][0-9]");

    private readonly Regex? _whole = Pattern is null
        ? null
        : new Regex($@"\A(?:{Pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>Whether the text has the pattern, whatever its length.</summary>
    public bool Matches(string text) => _whole is null || _whole.IsMatch(text);

    /// <summary>What to write, in words.</summary>
    public string Wanted =>
        (Hint.Length == 0 ? What : $"{What} ({Hint})") + $" of at most {Longest} characters";
}
