namespace DToC.Twin.Rules;

/// <summary>
/// A compiled rule: arithmetic, comparisons and conditions over the numbers, booleans and texts of a symbol
/// table. Bounded by <see cref="ExpressionLimits"/>, immutable, safe to share between threads; evaluation
/// allocates nothing.
/// </summary>
/// <remarks>
/// <para>From loosest to tightest: <c>|| or</c>; <c>&amp;&amp; and</c>; the word <c>not</c>; one of
/// <c>&lt; &lt;= &gt; &gt;= == != in (...)</c>, which do not chain; <c>+ -</c>; <c>* / %</c>; the signs
/// <c>-</c> and <c>!</c>. So <c>not a == b</c> is <c>not (a == b)</c>, and <c>!a == b</c> is
/// <c>(!a) == b</c>. The sign of <c>x % y</c> is that of x; <c>round</c> takes halves away from zero;
/// <c>clamp</c> with lo above hi gives hi.</para>
/// <para>Literals: <c>12</c>, <c>1.5e-3</c>, <c>true</c>, <c>'text'</c>, <c>"text"</c> (the quote is written
/// twice inside). A name is letters, digits, underscores and dots, or anything in backticks. Texts can be
/// compared (<c>== != in isMissing</c>), by their hash, and nothing else.</para>
/// <para>Missing values: arithmetic on one is missing, and so is a result that is not finite (a division by
/// zero, the logarithm of 0). Any comparison with one is false, <c>!=</c> too, and none is in a list. A
/// missing boolean stays missing under <c>!</c>; <c>false &amp;&amp; missing</c> is false,
/// <c>true || missing</c> is true, otherwise they are missing; <c>if</c> with a missing condition takes its
/// last value; a rule whose outcome is missing is not true. <c>isMissing(x)</c> and <c>coalesce(x, 0)</c> ask
/// for what should hold instead.</para>
/// </remarks>
public sealed class Expression
{
    private readonly Instruction[] _code;
    private readonly int _depth;
    private readonly int[] _numbersRead;
    private readonly int[] _textsRead;

    internal Expression(string text, ValueType type, Emitter emitter)
    {
        Text = text;
        Type = type;
        _code = emitter.Code();
        _depth = emitter.MaxDepth;
        _numbersRead = emitter.NumbersRead();
        _textsRead = emitter.TextsRead();
    }

    /// <summary>The text this was compiled from, unchanged.</summary>
    public string Text { get; }

    /// <summary>Number or Boolean; a text alone is no outcome.</summary>
    public ValueType Type { get; }

    /// <summary>Slots of the vector of numbers this reads (on any path), distinct and ascending.</summary>
    public ReadOnlySpan<int> NumbersRead => _numbersRead;

    /// <summary>Slots of the vector of texts this reads (on any path), distinct and ascending.</summary>
    public ReadOnlySpan<int> TextsRead => _textsRead;

    /// <summary>The instructions, in postfix order.</summary>
    internal ReadOnlySpan<Instruction> Code => _code;

    /// <summary>Compiles a rule; never throws for a wrong text, however wrong.</summary>
    /// <param name="text">The rule, at most <see cref="ExpressionLimits.TextLength"/> characters.</param>
    /// <param name="symbols">The names it may read.</param>
    /// <param name="expected">
    /// The type the place of the rule needs; null when Number and Boolean are both fine.
    /// </param>
    /// <returns>The expression, or the first error with its position.</returns>
    public static Compilation Compile(string text, SymbolTable symbols, ValueType? expected = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(symbols);
        return text.Length > ExpressionLimits.TextLength
            ? new Compilation.Invalid(
                ExpressionLimits.TextLength,
                $"The expression has {text.Length} characters; at most {ExpressionLimits.TextLength} fit.",
                Suggestion: null)
            : new Parser(text, symbols).Parse(expected);
    }

    /// <summary>The value for one customer.</summary>
    /// <param name="numbers">
    /// Numbers and booleans (0 false, else true) by slot; NaN or infinite is missing.
    /// </param>
    /// <param name="texts">Hashes of texts by slot; 0 is missing.</param>
    /// <returns>A finite number (a boolean as 0 or 1), or NaN when the outcome is missing.</returns>
    /// <exception cref="ArgumentException">A vector is too short for the slots this reads.</exception>
    public double Evaluate(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
    {
        CheckLength(_numbersRead, numbers.Length, nameof(numbers));
        CheckLength(_textsRead, texts.Length, nameof(texts));
        return Evaluator.Run(_code, _depth, numbers, texts);
    }

    /// <summary>Whether the rule holds for one customer; a missing outcome does not.</summary>
    /// <param name="numbers">As for <see cref="Evaluate"/>.</param>
    /// <param name="texts">As for <see cref="Evaluate"/>.</param>
    /// <exception cref="ArgumentException">A vector is too short for the slots this reads.</exception>
    /// <exception cref="InvalidOperationException">
    /// This is a number: compile it with Boolean expected.
    /// </exception>
    public bool IsTrue(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
    {
        if (Type != ValueType.Boolean)
            throw new InvalidOperationException($"The expression '{Text}' is a number, not a condition.");
        return Evaluate(numbers, texts) == Arithmetic.True;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    // Checked up front, so that a vector too short fails always and not only on the path that reads the slot.
    private static void CheckLength(int[] read, int length, string parameter)
    {
        if (read.Length > 0 && read[^1] >= length)
            throw new ArgumentException($"The vector has {length} slots; {read[^1]} is read.", parameter);
    }
}
