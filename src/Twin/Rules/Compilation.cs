namespace DToC.Twin.Rules;

/// <summary>
/// What came of compiling a text: an expression, or the first thing that is wrong with the text.
/// </summary>
public abstract record Compilation
{
    private Compilation()
    {
    }

    /// <summary>The text is a valid expression.</summary>
    /// <param name="Expression">Ready to evaluate; immutable and safe to share between threads.</param>
    public sealed record Compiled(Expression Expression) : Compilation;

    /// <summary>The text is no valid expression.</summary>
    /// <param name="Position">
    /// Zero-based UTF-16 character of the text where the error is; may equal its length.
    /// </param>
    /// <param name="Message">What is wrong and what would be right.</param>
    /// <param name="Suggestion">
    /// What was probably meant, to put at the position; null when nothing is near.
    /// </param>
    public sealed record Invalid(int Position, string Message, string? Suggestion) : Compilation;
}
