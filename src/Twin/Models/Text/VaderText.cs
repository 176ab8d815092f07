using System.Buffers;
using System.Text;

namespace DToC.Twin.Models.Text;

/// <summary>
/// A text as VADER sees it: emoji replaced by their descriptions, cut at white space into tokens, ASCII punctuation
/// around a token of more than two characters removed. Memory is borrowed and given back by <see cref="Dispose"/>.
/// </summary>
internal ref struct VaderText
{
    private readonly VaderLexicon _lexicon;
    private char[] _text;
    private char[] _lower;
    private VaderToken[] _tokens;
    private int _length;

    public VaderText(ReadOnlySpan<char> text, VaderLexicon lexicon)
    {
        _lexicon = lexicon;
        _text = ArrayPool<char>.Shared.Rent(text.Length + LexiconFile.MaxColumnChars);
        _lower = [];
        _tokens = [];
        Describe(text);
        Split();
    }

    /// <summary>How many tokens there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether some tokens are in capitals and some are not: only then do capitals stress.</summary>
    public bool HasStress { get; private set; }

    /// <summary>How many exclamation marks there are.</summary>
    public readonly int Exclamations => _text.AsSpan(0, _length).Count('!');

    /// <summary>How many question marks there are.</summary>
    public readonly int Questions => _text.AsSpan(0, _length).Count('?');

    /// <summary>A token.</summary>
    public readonly ref readonly VaderToken this[int index] => ref _tokens[index];

    /// <summary>A token's characters in lower case.</summary>
    public readonly ReadOnlySpan<char> Word(int index) => _lower.AsSpan(_tokens[index].Start, _tokens[index].Length);

    /// <summary>Whether a token is a word, in whatever case.</summary>
    public readonly bool Is(int index, string word) => Word(index).SequenceEqual(word);

    /// <summary>Two or three tokens with a blank between; empty when they are longer than the buffer.</summary>
    public readonly ReadOnlySpan<char> Phrase(int first, int count, Span<char> buffer)
    {
        var at = 0;
        for (var i = first; i < first + count; i++)
        {
            var word = Word(i);
            if (at + word.Length + 1 > buffer.Length) return [];
            if (at > 0) buffer[at++] = ' ';
            word.CopyTo(buffer[at..]);
            at += word.Length;
        }
        return buffer[..at];
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_text);
        ArrayPool<char>.Shared.Return(_lower);
        ArrayPool<VaderToken>.Shared.Return(_tokens);
        (_text, _lower, _tokens) = ([], [], []);
    }

    private void Describe(ReadOnlySpan<char> text)
    {
        var isAfterSpace = true;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf16(text, out var rune, out var size);
            if (_lexicon.TryDescription(rune, out var description))
            {
                if (!isAfterSpace) Append(" ");
                Append(description);
                isAfterSpace = false;
            }
            else
            {
                Append(text[..size]);
                isAfterSpace = rune.Value == ' ';
            }
            text = text[size..];
        }
    }

    private void Append(ReadOnlySpan<char> more)
    {
        if (_length + more.Length > _text.Length)
        {
            var larger = ArrayPool<char>.Shared.Rent(2 * (_length + more.Length));
            _text.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<char>.Shared.Return(_text);
            _text = larger;
        }
        more.CopyTo(_text.AsSpan(_length));
        _length += more.Length;
    }

    private void Split()
    {
        _lower = ArrayPool<char>.Shared.Rent(_length);
        _text.AsSpan(0, _length).ToLowerInvariant(_lower);
        _tokens = ArrayPool<VaderToken>.Shared.Rent(_length / 2 + 1);
        var capitals = 0;
        for (var at = 0; at < _length;)
        {
            if (IsSpace(_text[at]))
            {
                at++;
                continue;
            }
            var start = at;
            while (at < _length && !IsSpace(_text[at])) at++;
            var token = Token(start, at);
            if (token.IsCapitals) capitals++;
            _tokens[Count++] = token;
        }
        HasStress = capitals > 0 && capitals < Count;
    }

    private readonly VaderToken Token(int start, int end)
    {
        var (first, last) = (start, end);
        while (first < last && IsPunctuation(_text[first])) first++;
        while (first < last && IsPunctuation(_text[last - 1])) last--;
        // What leaves two characters or fewer is likely an emoticon, and kept whole.
        if (CodePoints(_text.AsSpan(first, last - first)) <= 2) (first, last) = (start, end);
        var word = _lower.AsSpan(first, last - first);
        return new VaderToken
        {
            Start = first,
            Length = last - first,
            IsCapitals = IsCapitals(_text.AsSpan(first, last - first)),
            Valence = _lexicon.TryValence(word, out var valence) ? valence : double.NaN,
            Degree = VaderWords.TryDegree(word, out var degree) ? degree : 0,
            Negates = VaderWords.Negates(word),
        };
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var character in text)
        {
            if (!char.IsLowSurrogate(character)) count++;
        }
        return count;
    }

    private static bool IsPunctuation(char c) => c is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`'
        or >= '{' and <= '~';

    // With the separators of files to records, which the reference's language counts as white space as well.
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    private static bool IsCapitals(ReadOnlySpan<char> word)
    {
        var hasCapital = false;
        foreach (var character in word)
        {
            if (char.IsLower(character)) return false;
            hasCapital |= char.IsUpper(character);
        }
        return hasCapital;
    }
}

/// <summary>A token of a text, with what lexicon and rules know of it.</summary>
internal struct VaderToken
{
    public int Start;
    public int Length;
    public bool IsCapitals;
    public bool Negates;
    public double Valence;
    public double Degree;

    /// <summary>Whether it stands in the lexicon.</summary>
    public readonly bool IsValued => !double.IsNaN(Valence);
}
