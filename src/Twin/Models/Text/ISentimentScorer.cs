namespace DToC.Twin.Models.Text;

/// <summary>Reads the mood of a text. Pure; any text is good, also a broken one.</summary>
public interface ISentimentScorer
{
    /// <summary>Most characters of a text that are read; the rest is not.</summary>
    const int MaxChars = 8_192;

    /// <summary>The mood of a text, or that it has no signal. Allocates nothing.</summary>
    Sentiment Score(ReadOnlySpan<char> text);
}
