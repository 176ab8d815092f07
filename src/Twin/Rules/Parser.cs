using System.Runtime.InteropServices;

namespace DToC.Twin.Rules;

/// <summary>
/// Recursive descent over the tokens; checks types and emits as it goes. The first error is kept and every
/// token after it reads as the end, so that all rules return at once without exceptions. Recursion is bounded
/// by the nesting limit.
/// </summary>
internal sealed partial class Parser
{
    private readonly string _source;
    private readonly SymbolTable _symbols;
    private readonly Lexer _lexer;
    private readonly Emitter _emitter = new();
    private Token _token;
    private int _nesting;
    private Compilation.Invalid? _invalid;

    public Parser(string source, SymbolTable symbols)
    {
        _source = source;
        _symbols = symbols;
        _lexer = new Lexer(source);
    }

    /// <summary>What was parsed last. A text is not emitted: the comparison it stands in does that.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Operand(ValueType Type, int Position, TextOperand Text = default);

    public Compilation Parse(ValueType? expected)
    {
        Advance();
        var outcome = Or();
        if (_token.Kind != TokenKind.End)
            FailAtTrailing();
        else if (outcome.Type == ValueType.Text)
            Fail(outcome.Position, "A text alone is no outcome: compare it, as in channel == 'web'.");
        else if (expected is { } type)
            Require(type, outcome, "This place");
        CheckSize();
        return _invalid is null
            ? new Compilation.Compiled(new Expression(_source, outcome.Type, _emitter))
            : _invalid;
    }

    private Operand Or()
    {
        var left = And();
        while (_token.Kind == TokenKind.Or)
            left = Connect(left, Op.JumpIfTrue, Op.Or, And);
        return left;
    }

    private Operand And()
    {
        var left = NotWord();
        while (_token.Kind == TokenKind.And)
            left = Connect(left, Op.JumpIfFalse, Op.And, NotWord);
        return left;
    }

    private Operand Connect(Operand left, Op jumpWhenSettled, Op op, Func<Operand> parseRight)
    {
        var sign = Sign();
        Require(ValueType.Boolean, left, sign);
        var settled = _emitter.Jump(jumpWhenSettled);
        Advance();
        Require(ValueType.Boolean, parseRight(), sign);
        _emitter.Apply(op, 2);
        _emitter.Land(settled);
        return left with { Type = ValueType.Boolean };
    }

    private Operand NotWord() =>
        _token.Kind == TokenKind.Not ? Prefix(Op.Not, ValueType.Boolean, NotWord) : Relation();

    private Operand Relation()
    {
        var left = Sum();
        if (_token.Kind == TokenKind.In)
            left = In(left);
        else if (Operators.Comparison(_token.Kind) is { } op)
            left = Compare(left, op);
        else
            return left;
        if (_token.Kind == TokenKind.In || Operators.Comparison(_token.Kind) is not null)
            Fail(_token.Position, "Comparisons do not chain: join two with '&&', or use parentheses.", "&&");
        return left;
    }

    private Operand Compare(Operand left, Op op)
    {
        var sign = Sign();
        Advance();
        var right = Sum();
        var byOrder = op is not (Op.Equal or Op.NotEqual);
        if (byOrder)
        {
            Require(ValueType.Number, left, sign);
            Require(ValueType.Number, right, sign);
        }
        if (left.Type != right.Type)
        {
            Fail(right.Position, $"{sign} compares values of one type; left of it is {A(left.Type)}, this is"
                + $" {A(right.Type)}.");
        }
        if (left.Type == ValueType.Text)
            _emitter.CompareTexts(left.Text, right.Text, op == Op.Equal);
        else
            _emitter.Apply(op, 2);
        return new Operand(ValueType.Boolean, left.Position);
    }

    private Operand In(Operand left)
    {
        if (left.Type == ValueType.Boolean)
            Fail(left.Position, "'in' looks for a number or a text in a list; this is a boolean.");
        Advance();
        var open = _token;
        if (!Take(TokenKind.LeftParenthesis))
            return FailExpected("a list in parentheses after 'in', as in x in (1, 2)");
        using var _ = Nest(open.Position);
        var count = 0;
        do
        {
            if (++count > ExpressionLimits.ListItems)
                Fail(_token.Position, $"A list has at most {ExpressionLimits.ListItems} values; join two by ||.");
            var item = Sum();
            Require(left.Type, item, "This list");
            if (left.Type != ValueType.Text || item.Type != ValueType.Text)
                continue;
            _emitter.CompareTexts(left.Text, item.Text, equal: true);
            if (count > 1)
                _emitter.Apply(Op.Or, 2);
        }
        while (Take(TokenKind.Comma));
        Close(open.Position);
        if (left.Type == ValueType.Number && _invalid is null)
            _emitter.Apply(Op.In, count + 1);
        return new Operand(ValueType.Boolean, left.Position);
    }

    private Operand Sum()
    {
        var left = Product();
        while (Operators.Additive(_token.Kind) is { } op)
            left = Calculate(left, op, Product);
        return left;
    }

    private Operand Product()
    {
        var left = Signed();
        while (Operators.Multiplicative(_token.Kind) is { } op)
            left = Calculate(left, op, Signed);
        return left;
    }

    private Operand Calculate(Operand left, Op op, Func<Operand> parseRight)
    {
        var sign = Sign();
        Require(ValueType.Number, left, sign);
        Advance();
        Require(ValueType.Number, parseRight(), sign);
        _emitter.Apply(op, 2);
        return left;
    }

    private Operand Signed() => _token.Kind switch
    {
        TokenKind.Minus => Prefix(Op.Negate, ValueType.Number, Signed),
        TokenKind.Bang => Prefix(Op.Not, ValueType.Boolean, Signed),
        _ => Primary(),
    };

    private Operand Prefix(Op op, ValueType type, Func<Operand> parseOperand)
    {
        var (sign, start) = (Sign(), _token.Position);
        using var _ = Nest(start);
        Advance();
        Require(type, parseOperand(), sign);
        _emitter.Apply(op, 1);
        return new Operand(type, start);
    }
}
