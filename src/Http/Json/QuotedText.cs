using System.Text.Json;

namespace DToC.Http.Json;

/// <summary>What stands in quotes. It is looked at only when it is asked for, and may be no text.</summary>
internal static class QuotedText
{
    /// <summary>The text; null when it is not Unicode: half a character, or bytes that are not UTF-8.</summary>
    /// <param name="quoted">A JSON string.</param>
    public static string? Of(JsonElement quoted)
    {
        try
        {
            return quoted.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
