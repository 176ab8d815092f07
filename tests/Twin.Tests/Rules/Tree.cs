using System.Globalization;

namespace DToC.Twin.Tests.Rules;

/// <summary>
/// A rule as a tree, with a meaning that shares nothing with the compiler: null is missing, booleans are C#'s
/// own three-valued <c>bool?</c>. Printed with as few parentheses as precedence allows.
/// </summary>
internal abstract record Tree(int Level)
{
    public const int Primary = 7;
    public const int Sign = 6;
    public const int Product = 5;
    public const int Sum = 4;
    public const int Relation = 3;
    public const int NotWord = 2;
    public const int And = 1;
    public const int Or = 0;

    public abstract string Print();

    public string PrintAt(int level) => Level >= level ? Print() : $"({Print()})";
}

internal abstract record NumberTree(int Level) : Tree(Level)
{
    public abstract double? Value(Customer customer);

    public static double? Finite(double? value) =>
        value is { } known && double.IsFinite(known) ? known : null;
}

internal abstract record BooleanTree(int Level) : Tree(Level)
{
    public abstract bool? Value(Customer customer);
}

/// <summary>What the trees read: names n0.., b0.., t0.. by slot.</summary>
internal sealed record Customer(double?[] Numbers, bool?[] Booleans, string?[] Texts);

internal sealed record NumberLiteral(double Number) : NumberTree(Primary)
{
    public override string Print() => Number.ToString("R", CultureInfo.InvariantCulture);

    public override double? Value(Customer customer) => Number;
}

internal sealed record NumberName(int Slot) : NumberTree(Primary)
{
    public override string Print() => $"n{Slot}";

    public override double? Value(Customer customer) => customer.Numbers[Slot];
}

internal sealed record Negation(NumberTree Operand) : NumberTree(Sign)
{
    public override string Print() => "-" + Operand.PrintAt(Sign);

    public override double? Value(Customer customer) => -Operand.Value(customer);
}

internal sealed record Calculation(char Operator, NumberTree Left, NumberTree Right)
    : NumberTree(Operator is '+' or '-' ? Sum : Product)
{
    public override string Print() => $"{Left.PrintAt(Level)} {Operator} {Right.PrintAt(Level + 1)}";

    public override double? Value(Customer customer)
    {
        var (a, b) = (Left.Value(customer), Right.Value(customer));
        return Finite(Operator switch
        {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            '/' => a / b,
            _ => a % b,
        });
    }
}

internal sealed record NumberCall(string Name, NumberTree[] Arguments) : NumberTree(Primary)
{
    public override string Print() =>
        $"{Name}({string.Join(", ", Arguments.Select(argument => argument.Print()))})";

    public override double? Value(Customer customer)
    {
        var values = Arguments.Select(argument => argument.Value(customer)).ToArray();
        if (Name == "coalesce")
            return values.FirstOrDefault(value => value is not null);
        if (values.Contains(null))
            return null;
        var x = values.Select(value => value!.Value).ToArray();
        return Finite(Name switch
        {
            "min" => x.Min(),
            "max" => x.Max(),
            "abs" => Math.Abs(x[0]),
            "exp" => Math.Exp(x[0]),
            "log" => Math.Log(x[0]),
            "sqrt" => Math.Sqrt(x[0]),
            "floor" => Math.Floor(x[0]),
            "pow" => Math.Pow(x[0], x[1]),
            "clamp" => x[0] > x[2] || x[1] > x[2] ? x[2] : x[0] < x[1] ? x[1] : x[0],
            _ => throw new InvalidOperationException(Name),
        });
    }
}

internal sealed record NumberChoice(BooleanTree Condition, NumberTree Then, NumberTree Otherwise)
    : NumberTree(Primary)
{
    public override string Print() => $"if({Condition.Print()}, {Then.Print()}, {Otherwise.Print()})";

    public override double? Value(Customer customer) =>
        Condition.Value(customer) == true ? Then.Value(customer) : Otherwise.Value(customer);
}

internal sealed record BooleanLiteral(bool Truth) : BooleanTree(Primary)
{
    public override string Print() => Truth ? "true" : "false";

    public override bool? Value(Customer customer) => Truth;
}

internal sealed record BooleanName(int Slot) : BooleanTree(Primary)
{
    public override string Print() => $"b{Slot}";

    public override bool? Value(Customer customer) => customer.Booleans[Slot];
}

internal sealed record Inversion(bool Word, BooleanTree Operand) : BooleanTree(Word ? NotWord : Sign)
{
    public override string Print() => (Word ? "not " : "!") + Operand.PrintAt(Level);

    public override bool? Value(Customer customer) => !Operand.Value(customer);
}

internal sealed record Connection(bool Both, BooleanTree Left, BooleanTree Right)
    : BooleanTree(Both ? And : Or)
{
    public override string Print() =>
        $"{Left.PrintAt(Level)} {(Both ? "&&" : "or")} {Right.PrintAt(Level + 1)}";

    public override bool? Value(Customer customer)
    {
        var (a, b) = (Left.Value(customer), Right.Value(customer));
        return Both ? a & b : a | b;
    }
}

internal sealed record Comparison(string Operator, NumberTree Left, NumberTree Right) : BooleanTree(Relation)
{
    public override string Print() => $"{Left.PrintAt(Sum)} {Operator} {Right.PrintAt(Sum)}";

    public override bool? Value(Customer customer)
    {
        if (Left.Value(customer) is not { } a || Right.Value(customer) is not { } b)
            return false;
        return Operator switch
        {
            "<" => a < b,
            "<=" => a <= b,
            ">" => a > b,
            ">=" => a >= b,
            "==" => a == b,
            _ => a != b,
        };
    }
}

internal sealed record TextComparison(bool Equal, int Slot, int? Other, string Literal)
    : BooleanTree(Relation)
{
    public override string Print() =>
        $"t{Slot} {(Equal ? "==" : "!=")} {(Other is { } slot ? $"t{slot}" : Quoted(Literal))}";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public override bool? Value(Customer customer)
    {
        var other = Other is { } slot ? customer.Texts[slot] : Literal;
        return customer.Texts[Slot] is { } text && other is not null && text == other == Equal;
    }
}

internal sealed record TextMembership(int Slot, string[] Items) : BooleanTree(Relation)
{
    public override string Print() =>
        $"t{Slot} in ({string.Join(", ", Items.Select(item => $"\"{item}\""))})";

    public override bool? Value(Customer customer) =>
        Items.Contains(customer.Texts[Slot], StringComparer.Ordinal);
}

internal sealed record NumberMembership(NumberTree Left, NumberTree[] Items) : BooleanTree(Relation)
{
    public override string Print() =>
        $"{Left.PrintAt(Sum)} in ({string.Join(", ", Items.Select(item => item.PrintAt(Sum)))})";

    public override bool? Value(Customer customer) =>
        Left.Value(customer) is { } value && Items.Any(item => item.Value(customer) == value);
}

internal sealed record Absence(Tree Operand) : BooleanTree(Primary)
{
    public override string Print() => $"isMissing({Operand.Print()})";

    public override bool? Value(Customer customer) => Operand switch
    {
        NumberTree number => number.Value(customer) is null,
        BooleanTree boolean => boolean.Value(customer) is null,
        _ => throw new InvalidOperationException(),
    };
}

internal sealed record BooleanChoice(BooleanTree Condition, BooleanTree Then, BooleanTree Otherwise)
    : BooleanTree(Primary)
{
    public override string Print() => $"if({Condition.Print()}, {Then.Print()}, {Otherwise.Print()})";

    public override bool? Value(Customer customer) =>
        Condition.Value(customer) == true ? Then.Value(customer) : Otherwise.Value(customer);
}
