using System.Buffers;

namespace DToC.Twin.Models.Text;

/// <summary>
/// VADER: C. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
/// Text", ICWSM 2014, over a lexicon that the user brings. It gives what the reference implementation
/// (vaderSentiment 3.3.2) gives, to the 4 decimals it rounds to, with its peculiarities. English only.
/// </summary>
/// <remarks>
/// Its sureness is the share of the stirred-up valence that lies on the value's side: 1 when all valued words agree,
/// 0.5 when they are at odds. How far people would scatter around it, it does not know.
/// </remarks>
public sealed class VaderScorer : ISentimentScorer
{
    private const double Capitals = 0.733;
    private const double Negation = -0.74;
    private const double Exclamation = 0.292;
    private const double Question = 0.18;
    private const double ManyQuestions = 0.96;
    private const double Normaliser = 15;
    private const int PhraseChars = 32;

    private readonly VaderLexicon _lexicon;

    /// <summary>A scorer over a lexicon.</summary>
    public VaderScorer(VaderLexicon lexicon)
    {
        ArgumentNullException.ThrowIfNull(lexicon);
        _lexicon = lexicon;
    }

    /// <summary>What it scores by.</summary>
    public VaderLexicon Lexicon => _lexicon;

    /// <inheritdoc/>
    public Sentiment Score(ReadOnlySpan<char> text)
    {
        var shares = Shares(text);
        if (!shares.HasSignal) return Sentiment.NoSignal;
        var (larger, smaller) = shares.Positive > shares.Negative
            ? (shares.Positive, shares.Negative)
            : (shares.Negative, shares.Positive);
        return Sentiment.Scored(shares.Compound, larger > 0 ? larger / (larger + smaller) : 0.5);
    }

    /// <summary>What the reference implementation says of a text, and whether any token is valued.</summary>
    public VaderShares Shares(ReadOnlySpan<char> text)
    {
        if (text.Length > ISentimentScorer.MaxChars) text = text[..ISentimentScorer.MaxChars];
        using var read = new VaderText(text, _lexicon);
        var borrowed = ArrayPool<double>.Shared.Rent(read.Count);
        var valences = borrowed.AsSpan(0, read.Count);
        var hasSignal = false;
        for (var i = 0; i < read.Count; i++)
        {
            valences[i] = Valence(read, i);
            hasSignal |= read[i].IsValued;
        }
        Contrast(read, valences);
        var shares = Together(valences, Emphasis(read), hasSignal);
        ArrayPool<double>.Shared.Return(borrowed);
        return shares;
    }

    private static double Valence(in VaderText text, int i)
    {
        var token = text[i];
        if (!token.IsValued || token.Degree != 0 || IsKindOf(text, i)) return 0;
        var valence = token.Valence;
        // "no" beside a valued word turns that one around and says nothing itself.
        if (text.Is(i, "no") && i + 1 < text.Count && text[i + 1].IsValued) valence = 0;
        if ((i > 0 && text.Is(i - 1, "no")) || (i > 1 && text.Is(i - 2, "no"))
            || (i > 2 && text.Is(i - 3, "no") && (text.Is(i - 1, "or") || text.Is(i - 1, "nor"))))
        {
            valence = token.Valence * Negation;
        }
        if (token.IsCapitals && text.HasStress) valence += valence > 0 ? Capitals : -Capitals;
        for (var before = 1; before <= 3 && before <= i; before++)
        {
            if (text[i - before].IsValued) continue;
            valence += Degree(text, i - before, valence) * before switch { 2 => 0.95, 3 => 0.9, _ => 1 };
            valence *= Turn(text, i, before);
            if (before == 3) valence = Idiom(text, i, valence);
        }
        return valence * Least(text, i);
    }

    private static bool IsKindOf(in VaderText text, int i) =>
        i + 1 < text.Count && text.Is(i, "kind") && text.Is(i + 1, "of");

    // What a word of degree adds: away from zero, and more so in capitals.
    private static double Degree(in VaderText text, int word, double valence)
    {
        var degree = text[word].Degree;
        if (degree == 0) return 0;
        if (valence < 0) degree = -degree;
        if (text[word].IsCapitals && text.HasStress) degree += valence > 0 ? Capitals : -Capitals;
        return degree;
    }

    // What a negation so many words before a word makes of its valence; "never so good" is praise, "without doubt"
    // denies nothing.
    private static double Turn(in VaderText text, int i, int before)
    {
        const double praise = 1.25;
        if (before == 2)
        {
            if (text.Is(i - 2, "never") && IsSoOrThis(text, i - 1)) return praise;
            if (text.Is(i - 2, "without") && text.Is(i - 1, "doubt")) return 1;
        }
        if (before == 3)
        {
            // The reference lets a "so" or "this" right before praise without a "never".
            if ((text.Is(i - 3, "never") && IsSoOrThis(text, i - 2)) || IsSoOrThis(text, i - 1)) return praise;
            if (text.Is(i - 3, "without") && (text.Is(i - 2, "doubt") || text.Is(i - 1, "doubt"))) return 1;
        }
        return text[i - before].Negates ? Negation : 1;
    }

    private static bool IsSoOrThis(in VaderText text, int i) => text.Is(i, "so") || text.Is(i, "this");

    // Idioms around a word stand in for its valence; "kind of" and its like before it take something off.
    private static double Idiom(in VaderText text, int i, double valence)
    {
        Span<char> buffer = stackalloc char[PhraseChars];
        if (VaderWords.TryIdiom(text.Phrase(i - 1, 2, buffer), out var idiom)
            || VaderWords.TryIdiom(text.Phrase(i - 2, 3, buffer), out idiom)
            || VaderWords.TryIdiom(text.Phrase(i - 2, 2, buffer), out idiom)
            || VaderWords.TryIdiom(text.Phrase(i - 3, 3, buffer), out idiom)
            || VaderWords.TryIdiom(text.Phrase(i - 3, 2, buffer), out idiom))
        {
            valence = idiom;
        }
        if (i + 1 < text.Count && VaderWords.TryIdiom(text.Phrase(i, 2, buffer), out idiom)) valence = idiom;
        if (i + 2 < text.Count && VaderWords.TryIdiom(text.Phrase(i, 3, buffer), out idiom)) valence = idiom;
        if (VaderWords.TryDegreePhrase(text.Phrase(i - 3, 3, buffer), out var degree)) valence += degree;
        if (VaderWords.TryDegreePhrase(text.Phrase(i - 3, 2, buffer), out degree)) valence += degree;
        if (VaderWords.TryDegreePhrase(text.Phrase(i - 2, 2, buffer), out degree)) valence += degree;
        return valence;
    }

    // "least" turns around, "at least" and "very least" do not.
    private static double Least(in VaderText text, int i)
    {
        if (i == 0 || text[i - 1].IsValued || !text.Is(i - 1, "least")) return 1;
        return i > 1 && (text.Is(i - 2, "at") || text.Is(i - 2, "very")) ? 1 : Negation;
    }

    // After "but" counts half as much again, before it half. The reference finds each value's place by its first
    // occurrence, so of equal values the first is changed again: kept, for its results are the published ones.
    private static void Contrast(in VaderText text, Span<double> valences)
    {
        var but = 0;
        while (but < text.Count && !text.Is(but, "but")) but++;
        if (but == text.Count) return;
        for (var i = 0; i < valences.Length; i++)
        {
            var at = 0;
            while (valences[at] != valences[i]) at++;
            if (at < but) valences[at] *= 0.5;
            else if (at > but) valences[at] *= 1.5;
        }
    }

    private static double Emphasis(in VaderText text)
    {
        var questions = text.Questions;
        return Math.Min(text.Exclamations, 4) * Exclamation
            + (questions > 3 ? ManyQuestions : questions > 1 ? questions * Question : 0);
    }

    private static VaderShares Together(ReadOnlySpan<double> valences, double emphasis, bool hasSignal)
    {
        var (sum, positive, negative, neutral) = (0.0, 0.0, 0.0, 0);
        foreach (var valence in valences)
        {
            sum += valence;
            // One more for each, against the neutral words, which count as one.
            if (valence > 0) positive += valence + 1;
            else if (valence < 0) negative += 1 - valence;
            else neutral++;
        }
        if (valences.IsEmpty) return default;
        sum += Math.Sign(sum) * emphasis;
        if (positive > negative) positive += emphasis;
        else if (negative > positive) negative += emphasis;
        var total = positive + negative + neutral;
        return new VaderShares(
            Math.Round(sum / Math.Sqrt(sum * sum + Normaliser), 4), positive / total, neutral / total,
            negative / total, hasSignal);
    }
}
