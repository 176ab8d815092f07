using System.Text;

namespace DToC.Twin.Models.Text;

/// <summary>
/// What <see cref="LinearSentiment"/> reads of a text: for each token itself, the pair it makes with the one before,
/// its beginning and ending, and itself again after a negation; each as a number of 32 bits, a hash. Tokens are words
/// with their inner apostrophes, in lower case, a letter repeated at most twice; and runs of other signs, so that
/// punctuation, emoticons and emoji are read too. English only: negations and endings are.
/// </summary>
public static class SentimentFeatures
{
    /// <summary>Most features of a text; what comes after is not read.</summary>
    public const int MaxFeatures = 8_192;

    private const int MaxTokenChars = 32;
    private const int NegationReach = 3;
    private const int EndChars = 4;

    private const ulong PairSeed = 1;
    private const ulong NegatedSeed = 2;
    private const ulong BeginningSeed = 3;
    private const ulong EndingSeed = 4;

    private static readonly ulong Start = StableHash.Of("^");

    private static readonly ulong[] Negations =
    [
        .. "not no never nor cannot without neither nothing hardly barely lack lacks".Split(' ')
            .Select(word => StableHash.Of(word)),
    ];

    /// <summary>Writes the features of a text, repeated ones as often as they come. Allocates nothing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="into">Where to write; when it is full, reading ends.</param>
    /// <returns>How many there are.</returns>
    public static int Of(ReadOnlySpan<char> text, Span<uint> into)
    {
        Span<char> token = stackalloc char[MaxTokenChars];
        var count = 0;
        var before = Start;
        var reach = 0;
        while (count + 5 <= into.Length)
        {
            var length = Next(ref text, token, out var isWord);
            if (length == 0) break;
            var read = token[..length];
            var hash = Hash(read, 0);
            into[count++] = Fold(hash);
            into[count++] = Fold(StableHash.Combine(StableHash.Combine(before, PairSeed), hash));
            before = hash;
            if (!isWord)
            {
                // Punctuation ends what a negation reaches.
                if (read[0] is '.' or ',' or ';' or ':' or '!' or '?') reach = 0;
                continue;
            }
            if (length > EndChars)
            {
                into[count++] = Fold(Hash(read[..EndChars], BeginningSeed));
                into[count++] = Fold(Hash(read[^EndChars..], EndingSeed));
            }
            if (reach > 0) into[count++] = Fold(StableHash.Combine(hash, NegatedSeed));
            reach = IsNegation(read, hash) ? NegationReach : Math.Max(0, reach - 1);
        }
        return count;
    }

    private static uint Fold(ulong hash) => (uint)(hash >> 32);

    private static ulong Hash(ReadOnlySpan<char> token, ulong seed)
    {
        // Half a character, as of a text cut short, becomes a replacement sign.
        Span<byte> bytes = stackalloc byte[3 * MaxTokenChars];
        return StableHash.Of(bytes[..Encoding.UTF8.GetBytes(token, bytes)], seed);
    }

    private static bool IsNegation(ReadOnlySpan<char> word, ulong hash) =>
        word.EndsWith("n't") || Negations.AsSpan().Contains(hash);

    // Takes the next token off the text; 0 at its end.
    private static int Next(ref ReadOnlySpan<char> text, scoped Span<char> token, out bool isWord)
    {
        var at = 0;
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        var start = at;
        isWord = at < text.Length && char.IsLetterOrDigit(text[at]);
        var length = 0;
        for (; at < text.Length && Belongs(text, at, isWord); at++)
        {
            var lower = Plain(char.ToLowerInvariant(text[at]));
            var isThird = length > 1 && token[length - 1] == lower && token[length - 2] == lower;
            if (!isThird && length < token.Length) token[length++] = lower;
        }
        if (!isWord && at < text.Length && IsFace(text[start..], at - start))
            token[Math.Min(length++, token.Length - 1)] = char.ToLowerInvariant(text[at++]);
        text = text[at..];
        return Math.Min(length, token.Length);
    }

    private static bool Belongs(ReadOnlySpan<char> text, int at, bool isWord)
    {
        var character = text[at];
        if (char.IsLetterOrDigit(character)) return isWord;
        if (char.IsWhiteSpace(character)) return false;
        if (!isWord) return true;
        return Plain(character) == '\'' && at + 1 < text.Length && char.IsLetter(text[at + 1]);
    }

    // The eyes of an emoticon whose mouth is a letter, as in :D
    private static bool IsFace(ReadOnlySpan<char> text, int eyes) => eyes <= 2 && text[0] is ':' or ';' or '='
        && char.IsAsciiLetter(text[eyes]) && (eyes + 1 == text.Length || !char.IsLetterOrDigit(text[eyes + 1]));

    private static char Plain(char character) => character == '\u2019' ? '\'' : character;
}
