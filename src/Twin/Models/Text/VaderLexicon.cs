using System.Globalization;
using System.Text;

namespace DToC.Twin.Models.Text;

/// <summary>
/// Tokens with their mean valence, and emoji with their description, as read from files that a user names: the project
/// has none. A token's line is <c>token TAB mean</c>, an emoji's <c>emoji TAB description</c>; further columns are
/// not read, of a token named twice the last line stands.
/// </summary>
public sealed class VaderLexicon
{
    /// <summary>Most lines of a file.</summary>
    public const int MaxEntries = 200_000;

    /// <summary>Most characters of a token or a description.</summary>
    public const int MaxEntryChars = 128;

    private readonly Dictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> _valences;
    private readonly Dictionary<int, string> _emoji;

    private VaderLexicon(Dictionary<string, double> valences, Dictionary<int, string> emoji) =>
        (_valences, _emoji) = (valences.GetAlternateLookup<ReadOnlySpan<char>>(), emoji);

    /// <summary>Tokens there are.</summary>
    public int Count => _valences.Dictionary.Count;

    /// <summary>Reads the text of a lexicon file and, when there is one, of an emoji file.</summary>
    /// <exception cref="InvalidDataException">A line is not as it must be; the message says which and why.</exception>
    public static VaderLexicon Read(string lexicon, string? emoji = null)
    {
        ArgumentNullException.ThrowIfNull(lexicon);
        var valences = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (line, token, mean) in Pairs(lexicon, "lexicon"))
        {
            if (!double.TryParse(mean, CultureInfo.InvariantCulture, out var valence) || !double.IsFinite(valence))
                throw new InvalidDataException($"lexicon, line {line}: '{mean}' is not a finite number.");
            valences[token] = valence;
        }
        if (valences.Count == 0) throw new InvalidDataException("lexicon: there is no line 'token TAB mean' in it.");
        var descriptions = new Dictionary<int, string>();
        foreach (var (_, symbol, description) in Pairs(emoji ?? "", "emoji"))
        {
            // Texts are read one code point at a time, so a sequence of several is never met.
            if (Rune.DecodeFromUtf16(symbol, out var rune, out var length) == default && length == symbol.Length)
                descriptions[rune.Value] = description;
        }
        return new VaderLexicon(valences, descriptions);
    }

    /// <summary>The valence of a token in lower case.</summary>
    internal bool TryValence(ReadOnlySpan<char> token, out double valence) =>
        _valences.TryGetValue(token, out valence);

    /// <summary>The description of an emoji.</summary>
    internal bool TryDescription(Rune symbol, out string description)
    {
        description = "";
        if (_emoji.TryGetValue(symbol.Value, out var found)) description = found;
        return found is not null;
    }

    private static IEnumerable<(int Line, string Key, string Value)> Pairs(string text, string name)
    {
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            if (++number > MaxEntries)
                throw new InvalidDataException($"{name}: more than {MaxEntries} lines.");
            if (string.IsNullOrWhiteSpace(line)) continue;
            var parts = line.Trim().Split('\t', 3);
            if (parts.Length < 2)
                throw new InvalidDataException($"{name}, line {number}: no tab between a first and a second column.");
            if (parts[0].Length > MaxEntryChars || parts[1].Length > MaxEntryChars)
                throw new InvalidDataException($"{name}, line {number}: more than {MaxEntryChars} characters.");
            yield return (number, parts[0], parts[1]);
        }
    }
}
