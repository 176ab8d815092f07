namespace DToC.Twin.Rules;

// Movement over the tokens, the checks, and what is said when one fails.
internal sealed partial class Parser
{
    private void Advance()
    {
        CheckSize();
        if (_invalid is not null)
            return;
        _token = _lexer.Next();
        if (_token.Kind == TokenKind.Bad)
            Fail(_token.Position, _token.Text, _token.Suggestion);
    }

    private bool Take(TokenKind kind)
    {
        if (_token.Kind != kind)
            return false;
        Advance();
        return true;
    }

    private void Close(int open)
    {
        if (Take(TokenKind.RightParenthesis))
            return;
        if (_token.Kind == TokenKind.End)
            Fail(open, "This '(' is not closed: a ')' is missing.");
        else
            FailExpected("')', ',' or an operator");
    }

    private Nesting Nest(int position)
    {
        if (++_nesting > ExpressionLimits.Nesting)
            Fail(position, $"The expression nests deeper than {ExpressionLimits.Nesting} levels; split it.");
        return new Nesting(this);
    }

    private readonly ref struct Nesting(Parser parser)
    {
        public void Dispose() => parser._nesting--;
    }

    private void CheckSize()
    {
        if (_emitter.Count > ExpressionLimits.Instructions)
        {
            Fail(_token.Position, $"The expression compiles to more than {ExpressionLimits.Instructions}"
                + " instructions; split it.");
        }
        if (_emitter.MaxDepth > ExpressionLimits.Stack)
        {
            Fail(_token.Position, $"The expression holds more than {ExpressionLimits.Stack} values at a time;"
                + " nest it less deeply or shorten its lists.");
        }
    }

    private void Require(ValueType type, Operand operand, string what)
    {
        if (operand.Type != type)
            Fail(operand.Position, $"{what} needs {A(type)}, but this is {A(operand.Type)}.");
    }

    private Operand RequireNoText(Operand operand, Function function)
    {
        if (operand.Type == ValueType.Text)
            Fail(operand.Position, $"{function.Form} gives no text; a text can only be compared.");
        return operand;
    }

    /// <summary>Keeps the first error and ends the tokens.</summary>
    private Operand Fail(int position, string message, string? suggestion = null)
    {
        _invalid ??= new Compilation.Invalid(position, message, suggestion);
        _token = new Token(TokenKind.End, _source.Length, 0);
        return default;
    }

    private Operand FailExpected(string expected, string? suggestion = null) =>
        Fail(_token.Position, $"Here must stand {expected}, but {Found()}.", suggestion);

    private void FailAtTrailing()
    {
        if (_token.Kind == TokenKind.RightParenthesis)
            Fail(_token.Position, "This ')' closes nothing: a '(' is missing, or this is one too many.");
        else if (_token.Kind == TokenKind.Not)
            Fail(_token.Position, "'not' stands before a condition: write not (x in (...)).");
        else
            FailExpected("an operator or the end", NearestKeyword());
    }

    private string? NearestKeyword() =>
        _token.Kind == TokenKind.Name ? NearestName.Of(_token.Text, Lexer.Keywords.Keys) : null;

    private Operand FailUnknownName(Token token)
    {
        var name = Shortened(token.Text);
        if (token.Kind == TokenKind.Name && Function.Find(token.Text) is { } function)
            return Fail(token.Position, $"'{name}' is a function: write {function.Form}.", function.Form);
        return Fail(
            token.Position,
            $"There is no name '{name}' here. (A text is written in quotes: '{name}'.)",
            NearestName.Of(token.Text, _symbols.Names.Concat(Lexer.Keywords.Keys)));
    }

    private string Found() => _token.Kind == TokenKind.End ? "the expression ends" : $"{Sign()} was found";

    /// <summary>The current token as it is written, in quotes, for messages.</summary>
    private string Sign() => $"'{Shortened(_source.Substring(_token.Position, _token.Length))}'";

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static string A(ValueType type) => type switch
    {
        ValueType.Number => "a number",
        ValueType.Boolean => "a boolean",
        _ => "a text",
    };
}
