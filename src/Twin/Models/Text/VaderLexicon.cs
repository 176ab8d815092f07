using System.Globalization;
using System.Text;

namespace DToC.Twin.Models.Text;

/// <summary>
/// Tokens with their mean valence, and emoji with their description, as read from files that a user names: the project
/// has none. A token's line is <c>token TAB mean</c>, an emoji's <c>emoji TAB description</c>; further columns are
/// not read, of a token named twice the last line stands. Immutable; any number of threads may read it.
/// </summary>
public sealed class VaderLexicon
{
    /// <summary>Farthest a mean may lie from 0. The published ones lie within 4.</summary>
    public const double MaxMean = 100;

    private readonly Dictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> _valences;
    private readonly Dictionary<int, string> _emoji;

    private VaderLexicon(Dictionary<string, double> valences, Dictionary<int, string> emoji, string version) =>
        (_valences, _emoji, Version) = (valences.GetAlternateLookup<ReadOnlySpan<char>>(), emoji, version);

    /// <summary>Tokens there are.</summary>
    public int Count => _valences.Dictionary.Count;

    /// <summary>Content hashes of the files it was read from.</summary>
    public string Version { get; }

    /// <summary>Reads a file of tokens and, when there is one, of emoji.</summary>
    /// <exception cref="InvalidDataException">One is not as it must be; the message says where and why.</exception>
    public static VaderLexicon Read(LexiconFile words, LexiconFile? emoji = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        var version = $"{words.Hash:x16}" + (emoji is null ? "" : $"+{emoji.Hash:x16}");
        return new VaderLexicon(Valences(words), emoji is null ? [] : Descriptions(emoji), version);
    }

    /// <summary>Reads the text of a lexicon file and, when there is one, of an emoji file.</summary>
    /// <exception cref="InvalidDataException">A line is not as it must be; the message says which and why.</exception>
    public static VaderLexicon Read(string lexicon, string? emoji = null)
    {
        ArgumentNullException.ThrowIfNull(lexicon);
        return Read(
            new LexiconFile("lexicon", Encoding.UTF8.GetBytes(lexicon)),
            emoji is null ? null : new LexiconFile("emoji", Encoding.UTF8.GetBytes(emoji)));
    }

    /// <summary>
    /// Reads a file of which nobody has said what it holds: emoji when its first line is an emoji's, else tokens.
    /// </summary>
    /// <returns>What it holds, and how many of them.</returns>
    /// <exception cref="InvalidDataException">It is not as it must be; the message says where and why.</exception>
    public static (LexiconKind Kind, int Count) Look(LexiconFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var isEmoji = file.Rows().Take(1).Any(row => !char.IsAscii(row.Key[0]) && !TryMean(row.Value, out _));
        return isEmoji
            ? (LexiconKind.Emoji, Descriptions(file).Count)
            : (LexiconKind.Words, Valences(file).Count);
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

    private static Dictionary<string, double> Valences(LexiconFile words)
    {
        var valences = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (line, token, mean) in words.Rows())
        {
            if (!TryMean(mean, out var valence))
                throw words.Wrong(line, $"'{mean}' is not a number from -{MaxMean} to {MaxMean} such as -1.9");
            valences[token] = valence;
        }
        return valences.Count > 0
            ? valences
            : throw new InvalidDataException($"{words.Name}: there is no line 'token TAB mean' in it.");
    }

    private static Dictionary<int, string> Descriptions(LexiconFile emoji)
    {
        var descriptions = new Dictionary<int, string>();
        foreach (var (_, symbol, description) in emoji.Rows())
        {
            // Texts are read one code point at a time, so a sequence of several is never met.
            if (Rune.DecodeFromUtf16(symbol, out var rune, out var length) == default && length == symbol.Length
                && !rune.IsAscii)
            {
                descriptions[rune.Value] = description;
            }
        }
        return descriptions.Count > 0
            ? descriptions
            : throw new InvalidDataException($"{emoji.Name}: there is no line 'emoji TAB description' in it.");
    }

    // A comma would be passed over, and 1,9 be nineteen.
    private static bool TryMean(string text, out double mean) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out mean) && Math.Abs(mean) <= MaxMean;
}

/// <summary>What a lexicon's file holds.</summary>
public enum LexiconKind
{
    /// <summary>Tokens with their mean valence.</summary>
    Words,

    /// <summary>Emoji with their description.</summary>
    Emoji,
}
