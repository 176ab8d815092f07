using System.Text.Json;

namespace DToC.Twin.Definitions.Reading;

/// <summary>Members of an enum as the words of the file: the name in camelCase.</summary>
internal static class EnumWords<T>
    where T : struct, Enum
{
    /// <summary>All words in the order of the enum.</summary>
    public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<T>().Select(Of)];

    public static string Of(T value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The member of a word that is in <see cref="All"/>.</summary>
    public static T Parse(string word) => Enum.GetValues<T>()[All.ToList().IndexOf(word)];
}
