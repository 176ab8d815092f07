namespace DToC.Twin.Rules;

// Literals, names and calls.
internal sealed partial class Parser
{
    private Operand Primary()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return Literal(ValueType.Number, token.Number);
            case TokenKind.True:
                return Literal(ValueType.Boolean, Arithmetic.True);
            case TokenKind.False:
                return Literal(ValueType.Boolean, Arithmetic.False);
            case TokenKind.Text:
                Advance();
                return new Operand(ValueType.Text, token.Position, TextOperand.Literal(token.Text));
            case TokenKind.Name or TokenKind.QuotedName:
                Advance();
                return token.Kind == TokenKind.Name && _token.Kind == TokenKind.LeftParenthesis
                    ? Call(token)
                    : Name(token);
            case TokenKind.LeftParenthesis:
                using (Nest(token.Position))
                {
                    Advance();
                    var inner = Or();
                    Close(token.Position);
                    return inner with { Position = token.Position };
                }
            case TokenKind.Not:
                return FailExpected("a value ('not' binds looser than what precedes it: write (not ...))");
            default:
                return FailExpected("a value");
        }
    }

    private Operand Literal(ValueType type, double value)
    {
        var position = _token.Position;
        _emitter.Constant(value);
        Advance();
        return new Operand(type, position);
    }

    private Operand Name(Token token)
    {
        if (!_symbols.TryFind(token.Text, out var symbol))
            return FailUnknownName(token);
        if (symbol.Type == ValueType.Text)
            return new Operand(ValueType.Text, token.Position, TextOperand.Read(symbol.Index));
        _emitter.Load(symbol.Type == ValueType.Number ? Op.LoadNumber : Op.LoadBoolean, symbol.Index);
        return new Operand(symbol.Type, token.Position);
    }

    private Operand Call(Token name)
    {
        if (Function.Find(name.Text) is not { } function)
        {
            return Fail(
                name.Position,
                $"There is no function '{Shortened(name.Text)}'; there are {string.Join(", ", Function.Names)}.",
                NearestName.Of(name.Text, Function.Names));
        }
        using var _ = Nest(name.Position);
        var open = _token.Position;
        Advance();
        var type = function == Function.If ? If(function, open)
            : function == Function.IsMissing ? IsMissing(function, open)
            : function == Function.Coalesce ? Coalesce(function, open)
            : Numeric(function, open);
        return new Operand(type, name.Position);
    }

    private ValueType Numeric(Function function, int open)
    {
        var count = 0;
        while (NextArgument(function, open, ref count))
            Require(ValueType.Number, Or(), function.Form);
        if (_invalid is null)
            _emitter.Apply(function.Op, count);
        return ValueType.Number;
    }

    private ValueType If(Function function, int open)
    {
        var count = 0;
        NextArgument(function, open, ref count);
        Require(ValueType.Boolean, Or(), "The condition of if");
        var toOtherwise = _emitter.Jump(Op.JumpUnlessTrue);
        NextArgument(function, open, ref count);
        var then = RequireNoText(Or(), function);
        var toEnd = _emitter.Jump(Op.Jump);
        _emitter.Land(toOtherwise);
        NextArgument(function, open, ref count);
        Require(then.Type, Or(), $"if gives {A(then.Type)} when its condition holds, so its last value");
        _emitter.Land(toEnd);
        NextArgument(function, open, ref count);
        return then.Type;
    }

    private ValueType Coalesce(Function function, int open)
    {
        var count = 0;
        NextArgument(function, open, ref count);
        var first = RequireNoText(Or(), function);
        var present = new List<int>();
        while (NextArgument(function, open, ref count))
        {
            present.Add(_emitter.Jump(Op.JumpIfPresent));
            Require(first.Type, Or(), $"coalesce starts with {A(first.Type)}, so each of its values");
        }
        foreach (var jump in present)
            _emitter.Land(jump);
        return first.Type;
    }

    private ValueType IsMissing(Function function, int open)
    {
        var count = 0;
        NextArgument(function, open, ref count);
        var value = Or();
        NextArgument(function, open, ref count);
        if (_invalid is not null)
            return ValueType.Boolean;
        if (value.Type == ValueType.Text)
            _emitter.TextMissing(value.Text);
        else
            _emitter.Apply(Op.IsMissing, 1);
        return ValueType.Boolean;
    }

    /// <summary>Stands before a further argument (true), or behind the closed parenthesis (false).</summary>
    private bool NextArgument(Function function, int open, ref int count)
    {
        if (_token.Kind == TokenKind.RightParenthesis)
        {
            if (count < function.MinArguments)
                Fail(_token.Position, $"{function.Expected}; here {(count == 1 ? "is" : "are")} {count}.");
            Advance();
            return false;
        }
        if (count > 0 && _token.Kind != TokenKind.Comma)
        {
            Close(open);
            return false;
        }
        if (count == function.MaxArguments)
            Fail(_token.Position, $"{function.Expected}; this would be one more.");
        if (count++ > 0)
            Advance();
        return _invalid is null;
    }
}
