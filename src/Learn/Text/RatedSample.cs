namespace DToC.Learn.Text;

/// <summary>A text with what people said of its mood.</summary>
/// <param name="Text">The text.</param>
/// <param name="Rating">From -1, as bad as can be, to 1.</param>
public readonly record struct RatedSample(string Text, double Rating);
