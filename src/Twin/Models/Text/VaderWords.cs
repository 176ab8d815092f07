using System.Collections.Frozen;

namespace DToC.Twin.Models.Text;

/// <summary>
/// The words VADER's rules know by name, in lower case, as in the reference implementation (vaderSentiment 3.3.2,
/// copyright 2016 C. Hutto, MIT licence). They say nothing good or bad; what does stands in a lexicon.
/// </summary>
internal static class VaderWords
{
    /// <summary>What a word of degree adds to the valence of a word after it, or takes off.</summary>
    public const double Degree = 0.293;

    private const string More =
        "absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous "
        + "enormously entirely especially exceptional exceptionally extreme extremely fabulously flipping "
        + "flippin frackin fracking fricking frickin frigging friggin fully fuckin fucking fuggin fugging "
        + "greatly hella highly hugely incredible incredibly intensely major majorly more most particularly "
        + "purely quite really remarkably so substantially thoroughly total totally tremendous tremendously "
        + "uber unbelievably unusually utter utterly very";

    private const string Less =
        "almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally "
        + "partly scarce scarcely slight slightly somewhat sorta sortof sort-of";

    private const string Negations =
        "aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't "
        + "doesn't dont hadnt hasnt havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't "
        + "mightn't mustn't neednt needn't never none nope nor not nothing nowhere oughtnt shant shouldnt uhuh "
        + "wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't without wont wouldnt won't wouldn't "
        + "rarely seldom despite";

    private static readonly FrozenDictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> Degrees =
        More.Split(' ').Select(word => KeyValuePair.Create(word, Degree))
            .Concat(Less.Split(' ').Select(word => KeyValuePair.Create(word, -Degree)))
            .ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Negating =
        Negations.Split(' ').ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    // Of several words: what comes before a valued one and takes something off it.
    private static readonly FrozenDictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> DegreePhrases =
        new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["just enough"] = -Degree,
            ["kind of"] = -Degree,
            ["sort of"] = -Degree,
        }.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    // Phrases whose valence is not that of their words.
    private static readonly FrozenDictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> Idioms =
        new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["the shit"] = 3,
            ["the bomb"] = 3,
            ["bad ass"] = 1.5,
            ["bus stop"] = 0,
            ["yeah right"] = -2,
            ["kiss of death"] = -1.5,
            ["to die for"] = 3,
            ["beating heart"] = 3.1,
            ["broken heart"] = -2.9,
        }.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a word is one of degree, and what it adds.</summary>
    public static bool TryDegree(ReadOnlySpan<char> word, out double degree) => Degrees.TryGetValue(word, out degree);

    /// <summary>Whether a phrase of two or three words is one of degree, and what it adds.</summary>
    public static bool TryDegreePhrase(ReadOnlySpan<char> phrase, out double degree) =>
        DegreePhrases.TryGetValue(phrase, out degree);

    /// <summary>Whether a phrase of two or three words has a valence of its own.</summary>
    public static bool TryIdiom(ReadOnlySpan<char> phrase, out double valence) =>
        Idioms.TryGetValue(phrase, out valence);

    /// <summary>Whether a word turns what comes after it around.</summary>
    public static bool Negates(ReadOnlySpan<char> word) =>
        Negating.Contains(word) || word.Contains("n't", StringComparison.Ordinal);
}
