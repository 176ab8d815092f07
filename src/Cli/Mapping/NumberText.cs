using System.Globalization;

namespace DToC.Cli.Mapping;

/// <summary>Numbers as tables write them, exactly.</summary>
internal static class NumberText
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent
        | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>The number, if it is one.</summary>
    public static bool TryParse(string text, out decimal number) =>
        decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out number);

    /// <summary>The number.</summary>
    /// <exception cref="RowFault">It is none.</exception>
    public static decimal Parse(string text) =>
        TryParse(text, out var number) ? number : throw new RowFault("a number was wanted and is not one");

    /// <summary>A whole number in one form, or the text as it is when it is none.</summary>
    public static string Whole(string text) =>
        TryParse(text, out var number) && decimal.Truncate(number) == number
            ? decimal.Truncate(number).ToString("0", CultureInfo.InvariantCulture)
            : text.Trim();
}

/// <summary>A row cannot be read; its message is the reason under which it is counted.</summary>
internal sealed class RowFault(string reason) : Exception(reason);
