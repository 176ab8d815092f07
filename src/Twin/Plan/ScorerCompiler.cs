using DToC.Twin.Definitions;
using DToC.Twin.Models.Text;

namespace DToC.Twin.Plan;

/// <summary>Finds what scores the texts of events; signals that name the same files have one scorer.</summary>
/// <param name="lexicons">Files by the name that a definition gives.</param>
/// <param name="errors">Where what is wrong is said.</param>
internal sealed class ScorerCompiler(
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> lexicons, CompileErrors errors)
{
    private readonly Dictionary<(string Words, string? Emoji), VaderScorer?> _known = [];

    /// <summary>By signal of an event: its scorer, null for one that is not the mood of a text.</summary>
    public IReadOnlyList<ISentimentScorer?> Of(EventDefinition type) =>
    [
        .. type.Signals.Select(signal => signal switch
        {
            { Type: not SignalType.Sentiment } => null,
            { Lexicon: { } words } => Named(words, signal.Emoji, $"events.{type.Name}.signals.{signal.Name}"),
            _ => LinearSentiment.Shipped,
        }),
    ];

    private ISentimentScorer? Named(Named words, Named? emoji, string path)
    {
        var key = (words.Name, emoji?.Name);
        if (!_known.TryGetValue(key, out var scorer)) _known[key] = scorer = Read(words, emoji, path);
        return scorer;
    }

    private VaderScorer? Read(Named words, Named? emoji, string path)
    {
        var ofWords = File(words, $"{path}.lexicon");
        var ofEmoji = emoji is { } named ? File(named, $"{path}.emoji") : null;
        if (ofWords is null || (emoji is not null && ofEmoji is null)) return null;
        try
        {
            return new VaderScorer(VaderLexicon.Read(ofWords, ofEmoji));
        }
        catch (InvalidDataException wrong)
        {
            errors.Add(words.At, $"{path}.lexicon", wrong.Message.TrimEnd('.'),
                "Mend the file: a line is a token, a tab and its mean, or an emoji, a tab and its description");
            return null;
        }
    }

    private LexiconFile? File(Named name, string path)
    {
        if (lexicons.TryGetValue(name.Name, out var bytes)) return new LexiconFile(name.Name, bytes);
        errors.Add(name.At, path, $"There is no lexicon '{name.Name}'",
            $"Lay the file beside the definition, name it with --lexicon, or send PUT /v1/lexicons/{name.Name} first");
        return null;
    }
}
